#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace linkspan::pair {

/// How the copying of sessions goes, for people.
struct SessionsReport {
    std::uint64_t told = 0;            ///< sessions that were told of when all were, the last time
    std::uint64_t known = 0;           ///< that are here by the other one's word
    std::uint64_t waiting = 0;         ///< frames that are not sent yet
    std::chrono::nanoseconds behind{}; ///< since when
    std::uint64_t left_out = 0;        ///< for want of room, since the start
    std::uint64_t own = 0;     ///< with an address of this machine alone, so they cannot go on elsewhere; the last time
    std::uint64_t refused = 0; ///< by the kernel, since the start
    std::string problem = {};  ///< of the kernel's, while it lasts
};

/// Likewise, of what names have opened.
struct PinsReport {
    std::uint64_t waiting = 0;  ///< bytes, on their way out or in
    std::uint64_t left_out = 0; ///< bytes, for want of room, since the start
};

} // namespace linkspan::pair
