#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace linkspan::takeover {

/// A program of the person's that moves addresses.
struct ExecSpec {
    std::string command = {};                ///< absolute path
    std::vector<std::string> addresses = {}; ///< "203.0.113.10/24@wan0"
    std::string gateway = {};                ///< this one's name
    std::chrono::milliseconds limit{10000};  ///< of one run
    std::uint32_t attempts = 3;              ///< runs of one request until it has failed
    bool operator==(const ExecSpec&) const = default;
};

} // namespace linkspan::takeover
