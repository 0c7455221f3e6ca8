#include "agent/compile_pairs.h"

#include "config/derive.h"
#include "config/pairs.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace linkspan::agent {
namespace {

using config::Connection;
using config::Pair;
using enum xfrm::Direction;

/// The key of what goes out to the pair's remote end, or comes in from there.
xfrm::PolicyKey key_of(const Pair& pair, xfrm::Direction direction, xfrm::Role role)
{
    const bool out = direction == Out;
    const auto &from = out ? pair.local : pair.remote, &to = out ? pair.remote : pair.local;
    return {.direction = direction,
            .role = role,
            .source = from.prefix,
            .destination = to.prefix,
            .protocol = pair.protocol(),
            .source_port = from.port,
            .destination_port = to.port};
}

/// Two connections have the same pair only where one of them is disabled: the other one's is in force.
void put(const Connection& c, const xfrm::PolicyKey& key, std::optional<xfrm::Template> protect, Desired& desired)
{
    xfrm::PolicySpec spec{key, std::move(protect), c.name};
    if (c.enabled)
        desired.policies.insert_or_assign(key, std::move(spec));
    else
        desired.policies.emplace(key, std::move(spec));
}

/// What never goes to a peer, whatever its remote subnets: neighbour discovery, multicast and broadcast of our links.
struct Nearby {
    IpPrefix network = {};
    bool can_be_source = false;
};

const std::vector<Nearby>& nearby()
{
    static const std::vector<Nearby> all{
        {IpPrefix::parse("224.0.0.0/4").value()},
        {IpPrefix::parse("255.255.255.255/32").value()},
        {IpPrefix::parse("ff00::/8").value()},
        {IpPrefix::parse("fe80::/10").value(), true},
    };
    return all;
}

void bypass(const Connection& c, xfrm::Direction direction, const IpPrefix& from, const IpPrefix& to, Desired& desired)
{
    put(c, {.direction = direction, .role = xfrm::Role::Bypass, .source = from, .destination = to}, {}, desired);
}

void compile_bypasses(const Connection& c, const Pair& pair, Desired& desired)
{
    const auto& remote = pair.remote.prefix;
    for (const auto& other : c.local_subnets) {
        if (other.family() != remote.family() || !remote.overlaps(other.prefix)) continue;
        for (const auto direction : {In, Out, Forward}) {
            bypass(c, direction, pair.local.prefix, other.prefix, desired);
            bypass(c, direction, other.prefix, pair.local.prefix, desired);
        }
    }
    for (const auto& [network, can_be_source] : nearby()) {
        if (network.family() != remote.family() || !remote.overlaps(network)) continue;
        bypass(c, Out, pair.local.prefix, network, desired);
        if (can_be_source) bypass(c, In, network, pair.local.prefix, desired);
    }
}

/// What IKE tells the peer.
std::vector<TrafficSelector> on_the_wire(const Connection& c, std::vector<TrafficSelector> subnets,
                                         TrafficSelector (*translate)(const Connection&, TrafficSelector))
{
    for (auto& subnet : subnets) subnet = translate(c, subnet);
    return subnets;
}

/// "azure-hub-2abc1234": whoever sees the reqid in `ip xfrm` knows the child, and the other way round.
std::string child_name(const Connection& c, Reqid reqid)
{
    std::array<char, 9> digits{};
    std::snprintf(digits.data(), digits.size(), "%08x", reqid.value);
    return c.name.value + "-" + digits.data();
}

} // namespace

void compile_pairs(const Connection& c, const std::optional<IpAddress>& local, Desired& desired)
{
    for (const auto& pair : config::pairs_of(c)) {
        put(c, key_of(pair, Out, xfrm::Role::Block), {}, desired);
        compile_bypasses(c, pair, desired);
        if (!local) continue;
        const auto reqid = config::reqid_of(c, pair);
        put(c, key_of(pair, Out, xfrm::Role::Protect), xfrm::Template{*local, c.peer, reqid}, desired);
        for (const auto direction : {In, Forward})
            put(c, key_of(pair, direction, xfrm::Role::Protect), xfrm::Template{c.peer, *local, reqid}, desired);
    }
}

void compile_path_pairs(const Connection& c, Path path, const IpAddress& local, bool lives, Desired& desired)
{
    for (const auto& pair : config::pairs_of(c)) {
        if (pair.protocol() != 0) continue;
        const auto reqid = config::reqid_of(c, pair);
        for (const auto direction : {In, Forward, Out}) {
            if (direction == Out && !lives) continue;
            auto key = key_of(pair, direction, xfrm::Role::Protect);
            key.mark = policy_path(path);
            const auto protect =
                direction == Out ? xfrm::Template{local, c.peer, reqid} : xfrm::Template{c.peer, local, reqid};
            put(c, key, protect, desired);
        }
    }
}

void compile_outbound(const Connection& c, const Pair& pair, const std::optional<IpAddress>& local, Desired& desired)
{
    put(c, key_of(pair, Out, xfrm::Role::Block), {}, desired);
    compile_bypasses(c, pair, desired);
    const auto pairs = config::pairs_of(c);
    const auto told = std::ranges::find(pairs, pair.remote, &Pair::remote);
    if (local && told != pairs.end())
        put(c, key_of(pair, Out, xfrm::Role::Protect), xfrm::Template{*local, c.peer, config::reqid_of(c, *told)},
            desired);
}

std::vector<ike::ChildSpec> children_of_pairs(const Connection& c)
{
    if (c.selectors == config::Selectors::Combined)
        return {{.name = c.name.value,
                 .reqid = {c.id.value},
                 .local_ts = on_the_wire(c, c.local_subnets, config::local_on_the_wire),
                 .remote_ts = on_the_wire(c, c.remote_subnets, config::remote_on_the_wire)}};
    std::vector<ike::ChildSpec> children;
    for (const auto& pair : config::pairs_of(c)) {
        const auto reqid = config::reqid_of(c, pair);
        children.push_back({child_name(c, reqid),
                            reqid,
                            {config::local_on_the_wire(c, pair.local)},
                            {config::remote_on_the_wire(c, pair.remote)}});
    }
    return children;
}

} // namespace linkspan::agent
