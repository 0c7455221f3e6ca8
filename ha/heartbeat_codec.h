#pragma once

#include "ha/frame.h"
#include "ha/heartbeat.h"

#include <expected>

namespace linkspan::ha {

/// A heartbeat as the payload of a frame; `node` and `boot` are in the frame's head. Later versions append: what is
/// longer than expected is read as far as it is known, so that gateways of two versions still see each other's roles.
[[nodiscard]] std::vector<std::uint8_t> encode_heartbeat(const Heartbeat& beat);
[[nodiscard]] std::expected<Heartbeat, Rejection> decode_heartbeat(const Frame& frame);

} // namespace linkspan::ha
