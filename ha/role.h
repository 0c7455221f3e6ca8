#pragma once

#include "base/ids.h"

#include <cstdint>
#include <string_view>

namespace linkspan::ha {

/// What a gateway of the pair is doing. Active alone may emit with the pair's addresses.
enum class Role : std::uint8_t {
    Init,    ///< just started: listens before it says anything about itself
    Standby, ///< ready, and mute
    Claim,   ///< about to become active
    Active,  ///< carries the pair's addresses
    Release, ///< mute already; counters and addresses are being handed over
    Fault,   ///< unfit, or held down after it was
    Maint,   ///< a person keeps it out
};
[[nodiscard]] std::string_view word_of(Role role); ///< "standby"

/// The two gateways of a pair, in the order of the file.
enum class Node : std::uint8_t { First, Second };
[[nodiscard]] constexpr Node other(Node node)
{
    return node == Node::First ? Node::Second : Node::First;
}

/// The number of a tenure: the fencing token of whatever is done in its name. It only grows. The even ones are the
/// first gateway's and the odd ones the second's, so the two can never claim the same; 0 = there was none yet.
using Epoch = Strong<struct EpochTag, std::uint64_t>;

[[nodiscard]] constexpr Node owner_of(Epoch epoch)
{
    return epoch.value % 2 == 0 ? Node::First : Node::Second;
}

/// The least epoch of `node`'s above `last`. Of two that claim at once from the same `last`, the owner of `last` gets
/// the higher one: a tie keeps the owner.
[[nodiscard]] constexpr Epoch next_epoch(Node node, Epoch last)
{
    return {last.value + (owner_of(last) == node ? 2 : 1)};
}

} // namespace linkspan::ha
