#pragma once

#include "base/error.h"
#include "base/ip.h"
#include "netlink/socket.h"
#include "nft/fence_codec.h"

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace linkspan::nft {

/// The addresses that two gateways share. Packets, ARP and neighbour advertisements that have one of them as their source
/// leave this host only while the fence is lifted, and it is lifted for some milliseconds at a time: whoever does not
/// keep lifting it (stopped, hung, killed, cut off) is mute, because the kernel says so and not because he knows it.
using FenceSpec = std::set<IpAddress>;

/// A dead-man's switch: tables `inet linkspan_fence` and `arp linkspan_fence`, whose rules drop what has a shared source
/// unless that address is in a set whose elements time out. ESP that carries forwarded packets is caught, too: the
/// kernel sends what it encrypts as a packet of its own (docs/kernel-facts.md). Nor does this host say then, under whatever
/// address, that a network or a host is unreachable, nor charon's ha plugin what becomes of SAs.
class Fence {
public:
    /// One socket for the life of the agent: lifting must not depend on whether a socket can be had.
    [[nodiscard]] static Result<Fence> open();

    /// Makes the tables fence `spec`, in one transaction. Addresses that are lifted at the moment stay so for their time,
    /// so an agent that was restarted cuts nothing.
    [[nodiscard]] Result<> stand(FenceSpec spec);
    /// Takes the tables away. Success where there are none.
    [[nodiscard]] Result<> remove();

    /// Lets the shared addresses speak for `time` from now, in one transaction of all sets. Where somebody took the fence away
    /// (`nft flush ruleset`) it stands again first.
    [[nodiscard]] Result<> lift(std::chrono::milliseconds time);
    /// Nothing that has a shared source leaves any more when this returns; stands again likewise.
    [[nodiscard]] Result<> close();
    /// Where somebody took rules out of it, put some in or changed them (`nft flush table`), it stands again, and what was lifted
    /// stays so. Was there anything to mend?
    [[nodiscard]] Result<bool> mend();
    /// Is one of them lifted at this moment?
    [[nodiscard]] Result<bool> is_lifted();

    [[nodiscard]] const FenceSpec& spec() const { return spec_; }

private:
    explicit Fence(netlink::Socket socket) : socket_(std::move(socket)) {}
    [[nodiscard]] Result<> change(std::optional<std::chrono::milliseconds> time);
    [[nodiscard]] Result<> build(const FenceSpec& spec, const char* what);
    [[nodiscard]] Result<std::vector<FenceRule>> rules();

    netlink::Socket socket_;
    FenceSpec spec_;
    std::vector<FenceRule> rules_; ///< of the kernel, as they were built
};

/// nft's text that makes the tables what they should be, whatever of them is there.
[[nodiscard]] std::string render(const FenceSpec& spec);

} // namespace linkspan::nft
