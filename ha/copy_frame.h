#pragma once

#include "base/error.h"
#include "base/flow.h"
#include "ha/role.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace linkspan::ha {

/// What an active gateway has the other one copy, beside SAs and their counters: sessions, and lines of text (what names have
/// opened), in as many frames as it takes. The bytes are to be sealed; all integers big-endian.
struct FlowFrame {
    Epoch epoch = {};
    std::vector<FlowNews> news = {};
    bool operator==(const FlowFrame&) const = default;
};
struct LineFrame {
    Epoch epoch = {};
    std::string lines = {}; ///< whole ones
    bool operator==(const LineFrame&) const = default;
};

using Payload = std::vector<std::uint8_t>; ///< of at most largest_payload bytes

[[nodiscard]] std::vector<Payload> flow_frames(Epoch epoch, std::span<const FlowNews> news);
/// A line that fits no frame is left out.
[[nodiscard]] std::vector<Payload> line_frames(Epoch epoch, std::span<const std::string> lines);
/// Kind::Protocol for what is no such frame, of any length.
[[nodiscard]] Result<FlowFrame> decode_flow_frame(std::span<const std::uint8_t> bytes);
[[nodiscard]] Result<LineFrame> decode_line_frame(std::span<const std::uint8_t> bytes);

} // namespace linkspan::ha
