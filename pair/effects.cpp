#include "pair/effects.h"

#include "route/apply.h"
#include "route/codec.h"
#include "route/neighbours.h"

#include <linux/netlink.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

namespace linkspan::pair {

Result<Effects> Effects::open(const Spec& spec)
{
    auto fence = nft::Fence::open();
    TRY(fence);
    TRY(fence->stand(fenced(spec)));
    auto announcer = ha::Announcer::open();
    TRY(announcer);
    auto rtnl = netlink::Socket::open(NETLINK_ROUTE);
    TRY(rtnl);
    auto xfrm = netlink::Socket::open(NETLINK_XFRM);
    TRY(xfrm);
    return Effects{spec.addresses, std::move(*fence), std::move(*announcer), std::move(*rtnl), std::move(*xfrm)};
}

Result<> Effects::arm(std::chrono::nanoseconds lifetime)
{
    return fence_.lift(std::chrono::duration_cast<std::chrono::milliseconds>(lifetime));
}

Result<> Effects::disarm()
{
    TRY(fence_.close());
    for (const auto& address : addresses_) TRY(route::drop_waiting(rtnl_, address.link));
    return {};
}

Result<> Effects::take_addresses()
{
    return change_addresses(Verb::Create);
}

Result<> Effects::release_addresses()
{
    return change_addresses(Verb::Delete);
}

/// Asks for the addresses of one link each, of which there may be thousands.
Result<bool> Effects::has_addresses()
{
    for (const auto& [link, address, connection] : addresses_) {
        netlink::Message message;
        route::encode_dump(message,
                           route::AddressFilter{address.address.family, {::if_nametoindex(link.value.c_str())}});
        bool there = false;
        TRY(rtnl_.dump(message, "read addresses", [&](const nlmsghdr& answer) {
            const auto raw = route::decode_address(answer);
            there |= raw && raw->address.address == address.address;
        }));
        if (!there) return false;
    }
    return true;
}

Result<> Effects::change_addresses(Verb verb)
{
    std::vector<Op<route::AddressSpec>> ops;
    for (const auto& address : addresses_) ops.push_back({verb, address, {}});
    for (auto& outcome : route::apply_all(rtnl_, ops))
        if (!outcome) return std::move(outcome);
    return {};
}

Result<> Effects::announce() const
{
    Result<> all;
    for (const auto& [link, address, connection] : addresses_)
        if (auto done = announcer_.announce(link, address.address); !done) all = std::move(done);
    return all;
}

Result<std::size_t> Effects::jump(const ha::CounterMirror& mirror, bool exact, Monotonic now)
{
    const auto have = counters();
    TRY(have);
    const auto targets = mirror.targets(*have, fence_.spec(), exact, now);
    std::size_t set = 0;
    std::optional<Error> failed;
    for (const auto& sa : targets.ended)
        if (auto dropped = drop(sa); !dropped) failed = std::move(dropped).error();
    for (auto& outcome : xfrm::advance_all(xfrm_, targets.counters)) {
        set += outcome.has_value();
        if (!outcome && outcome.error().kind != Kind::NotFound) failed = std::move(outcome).error();
    }
    if (failed) return std::unexpected(std::move(*failed));
    if (!targets.refused.empty()) return std::unexpected(targets.refused.front());
    return set;
}

std::size_t Effects::dead_links() const
{
    std::size_t dead = 0;
    for (const auto& address : addresses_) {
        ifreq request{};
        const auto& name = address.link.value;
        std::memcpy(request.ifr_name, name.data(), std::min<std::size_t>(name.size(), IFNAMSIZ - 1));
        const bool known = ::ioctl(announcer_.descriptor(), SIOCGIFFLAGS, &request) == 0;
        constexpr int needed = IFF_UP | IFF_RUNNING;
        dead += !known || (request.ifr_flags & needed) != needed;
    }
    return dead;
}

} // namespace linkspan::pair
