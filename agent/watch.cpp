#include "agent/watch.h"

#include "nft/quiet.h"
#include "service/journal.h"

#include <array>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/xfrm.h>

namespace linkspan::agent {
namespace {

constexpr int receive_buffer = 1 << 20; ///< bytes: some 4,000 notifications; losing more costs one dump

constexpr Rooms rulesets = Room::Clamp | Room::Nat | Room::Paths | Room::Egress | Room::NatRules;

struct Subscription {
    int protocol = 0;
    std::vector<unsigned> groups = {};
    Rooms rooms = 0;
    std::span<const sock_filter> filter = {};
};

/// Links and routes are one: a link that goes takes its routes along, and the facts need both.
std::vector<Subscription> subscriptions()
{
    return {
        {NETLINK_ROUTE,
         {RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE,
          RTNLGRP_IPV4_RULE, RTNLGRP_IPV6_RULE},
         Room::Links | Room::Routes},
        {NETLINK_XFRM, {XFRMNLGRP_POLICY}, static_cast<Rooms>(Room::Policies)},
        {NETLINK_XFRM, {XFRMNLGRP_SA, XFRMNLGRP_EXPIRE}, static_cast<Rooms>(Room::Ike)},
        {NETLINK_NETFILTER, {NFNLGRP_NFTABLES}, rulesets, nft::program_of_quiet()},
    };
}

} // namespace

Watch::Watch(std::function<void(Rooms)> dirty, std::function<void()> overrun)
    : dirty_(std::move(dirty)), overrun_(std::move(overrun))
{
}

Result<> Watch::start(service::Loop& loop)
{
    for (const auto& wanted : subscriptions()) {
        auto monitor = netlink::Monitor::open(wanted.protocol, wanted.groups, receive_buffer, wanted.filter);
        TRY(monitor);
        auto& eye = *eyes_.emplace_back(new Eye{.monitor = std::move(*monitor), .rooms = wanted.rooms});
        auto source = loop.on_readable(eye.monitor.fd(), [this, &eye] { drain(eye); });
        TRY(source);
        eye.source = std::move(*source);
    }
    return {};
}

void Watch::drain(Eye& eye)
{
    const auto drained = eye.monitor.drain();
    if (!drained) {
        service::log(
            {.level = service::Entry::Level::Warning, .message = drained.error().what, .sys = drained.error().sys});
        dirty_(eye.rooms);
        return;
    }
    if (drained->overrun) overrun_();
    if (drained->any || drained->overrun) dirty_(eye.rooms);
}

} // namespace linkspan::agent
