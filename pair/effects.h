#pragma once

#include "base/plan.h"
#include "ha/announce.h"
#include "ha/counter_mirror.h"
#include "ha/event.h"
#include "netlink/socket.h"
#include "nft/fence.h"
#include "pair/charon_plugin.h"
#include "pair/plan.h"
#include "service/loop.h"
#include "xfrm/apply.h"
#include "xfrm/counters.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace linkspan::pair {

/// What an active gateway does to this machine and what a standby takes back: fence, addresses, announcements, counters of
/// SAs, charon's segment. Each call does its effect at once and may be repeated. Belongs to the pair's thread, and has
/// sockets of its own, so nothing that the agent is busy with delays it.
class Effects {
public:
    [[nodiscard]] static Result<Effects> open(const Spec& spec);

    [[nodiscard]] Result<> arm(std::chrono::nanoseconds lifetime);
    /// What has a shared source leaves no more, not even what waits for a neighbour to be found.
    [[nodiscard]] Result<> disarm();
    /// For who has been disarmed: sees to it that the fence is there, and closed.
    [[nodiscard]] Result<> stay_disarmed() { return fence_.close(); }
    /// Had somebody changed its rules? They are as they were again.
    [[nodiscard]] Result<bool> mend_fence() { return fence_.mend(); }
    /// All of them; those that are there already are taken for taken.
    [[nodiscard]] Result<> take_addresses();
    [[nodiscard]] Result<> release_addresses();
    /// All of them are on their links.
    [[nodiscard]] Result<bool> has_addresses();
    /// Out of every link that has one. One that fails does not keep the others from being announced.
    [[nodiscard]] Result<> announce() const;

    [[nodiscard]] Result<std::vector<xfrm::SaCounters>> counters() { return xfrm::observe_counters(xfrm_); }
    /// What the SAs here have to count from; what cannot be done of that, with SAs that go for it. The number of SAs that were set.
    [[nodiscard]] Result<std::size_t> jump(const ha::CounterMirror& mirror, bool exact, Monotonic now);

    /// One that is gone already is a success.
    [[nodiscard]] Result<> drop(const xfrm::SaCounters& sa)
    {
        return xfrm::delete_state(xfrm_, {.key = sa.key, .mark = sa.mark});
    }

    /// Links of shared addresses that cannot carry a packet: gone, down or without a carrier.
    [[nodiscard]] std::size_t dead_links() const;
    [[nodiscard]] const nft::FenceSpec& shared() const { return fence_.spec(); }

private:
    Effects(std::vector<route::AddressSpec> addresses, nft::Fence fence, ha::Announcer announcer, netlink::Socket rtnl,
            netlink::Socket xfrm)
        : addresses_(std::move(addresses)), fence_(std::move(fence)), announcer_(std::move(announcer)),
          rtnl_(std::move(rtnl)), xfrm_(std::move(xfrm))
    {
    }
    [[nodiscard]] Result<> change_addresses(Verb verb);

    std::vector<route::AddressSpec> addresses_;
    nft::Fence fence_;
    ha::Announcer announcer_;
    netlink::Socket rtnl_;
    netlink::Socket xfrm_;
};

} // namespace linkspan::pair
