#pragma once

#include "base/error.h"
#include "base/ids.h"
#include "base/ip.h"
#include "ha/role.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace linkspan::ha {

/// How far one SA has counted: of an SA towards a shared address the highest number that came in, of others the last that
/// went out. No keys travel here: charon's ha plugin carries those.
struct Told {
    IpAddress destination = {};
    Spi spi = {};
    std::uint64_t number = 0;
    bool operator==(const Told&) const = default;
};

/// What an active gateway tells its standby, in as many frames as it takes. `last`: nothing was sent after they were read,
/// so they may be used as they are.
struct CounterFrame {
    Epoch epoch = {};
    bool last = false;
    std::vector<Told> told = {};
    bool operator==(const CounterFrame&) const = default;
};

inline constexpr std::size_t most_told = 40; ///< that fit one datagram of 1280 bytes, sealed

/// All integers big-endian. The bytes are to be sealed.
[[nodiscard]] std::string encode(const CounterFrame& frame);
/// Kind::Protocol for what is not such a frame, of any length.
[[nodiscard]] Result<CounterFrame> decode_counter_frame(std::span<const std::uint8_t> bytes);

} // namespace linkspan::ha
