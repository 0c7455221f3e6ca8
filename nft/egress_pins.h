#pragma once

#include "base/error.h"
#include "netlink/socket.h"
#include "nft/egress_codec.h"

#include <span>
#include <vector>

namespace linkspan::nft {

/// Pins that stand anew for their timeout, whether they stood before or not, in one transaction; the kernel has done it when
/// this returns. Overrun is not among its errors: Error::sys is ENFILE where a set is full.
[[nodiscard]] Result<> write_pins(netlink::Socket& socket, std::span<const PinElement> pins);
/// Pins go, in one transaction each; one that is gone already is no error.
void delete_pins(netlink::Socket& socket, std::span<const PinElement> pins);

/// Each pin once, for the longest of its timeouts; those of a set that are alike fresh stand together. Pure.
[[nodiscard]] std::vector<PinElement> arranged(std::span<const PinElement> pins);

/// What one message of a transaction says.
struct PinPart {
    std::span<const PinElement> pins = {};
    PinVerb verb = PinVerb::Add;
};
/// The messages that make arranged pins stand, in their order. `believe`: those that say that they are fresh are only added,
/// which the kernel refuses if they are not. Pure.
[[nodiscard]] std::vector<PinPart> parts_of(std::span<const PinElement> pins, bool believe);

} // namespace linkspan::nft
