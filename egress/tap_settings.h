#pragma once

#include "egress/alarm.h"
#include "egress/inspector.h"
#include "egress/queue_codec.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace linkspan::egress {

/// Where packets come from, and how sessions are marked; the table has the other half (nft/egress_spec.h).
struct TapSettings {
    std::uint16_t answer_queue = 0;
    std::uint16_t name_queue = 0;
    std::uint16_t question_group = 0;
    std::uint16_t refusal_group = 0;
    std::uint16_t discovery_group = 0;
    std::uint32_t mark_mask = 0;
    std::uint32_t mark_allowed = 0;
    std::uint32_t mark_open = 0; ///< set in whatever goes on, decided or not
    std::uint32_t mark_revoked = 0;
    std::filesystem::path journal = {};
};

/// How the tap fares.
struct TapReport {
    Counts counts = {};
    std::uint64_t held = 0;   ///< answers that were held and let go
    std::uint64_t pinned = 0; ///< pins that were written
    Alarm set_full{};         ///< pins that the kernel had no room for
    Alarm write_errors{};     ///< and those it refused for another reason
    Alarm unseen{};           ///< answers that went past the queue, for it was full or nobody's, and opened nothing
    Alarm streams_dropped{};  ///< their packets, that met a full queue
    std::uint64_t refusals = 0;
    std::uint64_t refusals_untold = 0; ///< more than could be told
    std::uint64_t sessions_ended = 0;
    std::uint64_t lost = 0;                  ///< packets that found no room in a socket
    std::chrono::nanoseconds longest_hold{}; ///< from when it was read to the verdict
    std::chrono::nanoseconds total_hold{};
    std::vector<std::string> troubles = {}; ///< what stands in the way at present
};

} // namespace linkspan::egress
