#include "agent/compile.h"

#include "agent/compile_egress.h"
#include "agent/compile_ike.h"
#include "agent/compile_nat.h"
#include "agent/compile_nested.h"
#include "agent/compile_pairs.h"
#include "agent/compile_paths.h"
#include "agent/compile_probes.h"
#include "agent/compile_rules.h"
#include "agent/compile_static.h"
#include "agent/compile_transit.h"
#include "base/mtu.h"
#include "config/derive.h"
#include "ike/findings.h"

#include <algorithm>

namespace linkspan::agent {
namespace {

using config::Connection;
using config::has_link;
using config::if_id_of;
using config::inner_families;
using config::mark_of;

std::optional<IpAddress> local_address(const config::Gateway& gateway, const Facts& facts, const Connection& c)
{
    if (c.local_address) return c.local_address;
    for (const auto& address : gateway.addresses)
        if (address.family == c.peer.family) return address;
    if (const auto it = facts.uplink_address.find(c.peer.family); it != facts.uplink_address.end()) return it->second;
    return {};
}

bool is_vti(const Connection& c)
{
    return has_link(c) && c.interface == config::Interface::Vti;
}

/// Protects every packet that enters the tunnel link, and blocks it where the protection is missing.
void compile_policies(const Connection& c, const std::optional<IpAddress>& local, Desired& desired)
{
    using enum xfrm::Direction;
    const Reqid reqid{c.id.value};
    for (auto family : inner_families(c)) {
        const auto all = IpPrefix::any(family);
        const auto add = [&](xfrm::Direction direction, xfrm::Role role, std::optional<xfrm::Template> protect) {
            const xfrm::PolicyKey key{direction, role, all, all, mark_of(c), if_id_of(c)};
            desired.policies.emplace(key, xfrm::PolicySpec{key, protect, c.name});
        };
        add(Out, xfrm::Role::Block, {});
        if (!local) continue;
        add(Out, xfrm::Role::Protect, xfrm::Template{*local, c.peer, reqid});
        add(In, xfrm::Role::Protect, xfrm::Template{c.peer, *local, reqid});
        add(Forward, xfrm::Role::Protect, xfrm::Template{c.peer, *local, reqid});
    }
}

void compile_link(const Connection& c, std::uint32_t underlay_mtu, const std::optional<IpAddress>& local,
                  Desired& desired)
{
    vti::Spec spec{
        .name = c.device, .connection = c.name, .kind = vti::LinkKind::Xfrm, .mtu = config::link_mtu(c, underlay_mtu)};
    if (is_vti(c)) {
        if (!local) return;
        spec.kind = c.peer.family == Family::V4 ? vti::LinkKind::Vti : vti::LinkKind::Vti6;
        spec.local = *local;
        spec.remote = c.peer;
        spec.key = mark_of(c);
    } else {
        spec.if_id = if_id_of(c);
    }
    desired.links.emplace(spec.name, spec);
    for (const auto& address : c.tunnel_addresses) desired.addresses.push_back({c.device, address, c.name});
}

/// The address the gateway itself speaks from into the tunnel: one of ours that the peer knows, else the inside one.
std::optional<IpAddress> source_for(const Connection& c, const Facts& facts, Family family)
{
    for (const auto& own : facts.own_addresses)
        for (const auto& subnet : c.local_subnets)
            if (own.family == family && subnet.contains(own)) return own;
    for (const auto& inside : c.tunnel_addresses)
        if (inside.address.family == family) return inside.address;
    return {};
}

/// A default route is two halves, so it wins over anybody's default route without touching it.
std::vector<IpPrefix> halves_of_default(const IpPrefix& prefix)
{
    if (prefix.length != 0) return {prefix};
    auto upper = IpAddress::any(prefix.family());
    upper.bytes[0] = 0x80;
    return {{IpAddress::any(prefix.family()), 1}, {upper, 1}};
}

/// In policy mode any route will do that leads a packet to the policies, which stand on every link: that of the peer.
/// With our own address of `local_subnets` as its source the gateway itself speaks to the other side, too.
void compile_pair_routes(const Connection& c, const Facts& facts, Desired& desired)
{
    const auto path = facts.peer_paths.find(c.peer);
    if (path == facts.peer_paths.end()) return;
    std::set<IpPrefix> subnets;
    for (const auto& subnet : c.remote_subnets) subnets.insert(subnet.prefix);
    for (const auto& subnet : subnets) {
        const auto family = subnet.family();
        const auto& gateway = path->second.gateway;
        // IPv6 is found too large for the SA only once it is translated, and the error would go astray.
        const bool tells_mtu = family == Family::V6 && !c.nat.empty();
        for (const auto& destination : halves_of_default(subnet))
            desired.routes.push_back({.destination = destination,
                                      .metric = route::tunnel_metric(family),
                                      .type = route::RouteType::Unicast,
                                      .link = path->second.link,
                                      .gateway = gateway && gateway->family == family ? gateway : std::nullopt,
                                      .source = source_for(c, facts, family),
                                      .mtu = tells_mtu ? config::link_mtu(c, facts.uplink_mtu) : 0,
                                      .connection = c.name});
    }
}

/// What the tunnel leads to: the other side's networks, and the peers of connections through it.
std::set<IpPrefix> destinations_of(const Connection& c, const nft::Nested& nested)
{
    std::set<IpPrefix> all;
    for (const auto& subnet : c.remote_subnets)
        for (const auto& destination : halves_of_default(subnet.prefix)) all.insert(destination);
    if (const auto found = nested.find(c.backup_of.value_or(c.name)); found != nested.end())
        for (const auto& peer : found->second.peers) all.insert(IpPrefix::host(peer));
    return all;
}

void compile_routes(const Connection& c, const nft::Nested& nested, const Facts& facts, bool has_link, Desired& desired)
{
    using enum route::RouteType;
    const std::uint32_t tunnels = c.backup || c.backup_of ? 2 : 1;
    const std::uint32_t rank = is_carrier(c, facts.on_backup) ? 0 : 1;
    for (const auto& destination : destinations_of(c, nested)) {
        const auto family = destination.family();
        desired.routes.push_back({.destination = destination,
                                  .metric = route::fallback_metric(family, tunnels),
                                  .type = Unreachable,
                                  .connection = c.name});
        if (!has_link) continue;
        desired.routes.push_back({.destination = destination,
                                  .metric = route::tunnel_metric(family, rank),
                                  .type = Unicast,
                                  .link = c.device,
                                  .source = source_for(c, facts, family),
                                  .connection = c.name});
    }
}

/// Pins the way to the peer outside every tunnel, whatever routes into tunnels come and go.
void compile_peer_route(const Connection& c, const Facts& facts, std::set<IpAddress>& pinned, Desired& desired)
{
    const auto path = facts.peer_paths.find(c.peer);
    if (path == facts.peer_paths.end()) {
        desired.warnings.push_back({c.name, "route " + c.peer.text(), "no route leads to the peer " + c.peer.text()});
        return;
    }
    if (path->second.host_route || !pinned.insert(c.peer).second) return;
    desired.routes.push_back({.destination = IpPrefix::host(c.peer),
                              .metric = route::tunnel_metric(c.peer.family),
                              .type = route::RouteType::Unicast,
                              .link = path->second.link,
                              .gateway = path->second.gateway,
                              .connection = c.name});
}

/// Addresses of `remote` are somebody's here.
std::string advice_of(const Connection& c, const IpPrefix& destination)
{
    for (const auto& [real, virt] : c.nat.remote)
        if (virt.contains(destination))
            return "; by `remote` of its nat " + virt.text() + " stands for the peer's " + real.text() +
                   ": take addresses that nobody has here";
    return {};
}

/// In policy mode nothing that is among our own networks goes to the peer.
void warn_of_foreign_routes(const Connection& c, const Facts& facts, Desired& desired)
{
    const auto found = facts.foreign_inside.find(c.name);
    if (found == facts.foreign_inside.end()) return;
    for (const auto& route : found->second) {
        const auto is_ours = [&](const auto& s) { return s.prefix.contains(route.destination); };
        if (!has_link(c) && std::ranges::any_of(c.local_subnets, is_ours)) continue;
        auto why = route.text + " leads into remote_subnets: ";
        why += route::text_of(route.fate);
        desired.warnings.push_back({c.name, route.text, why + advice_of(c, route.destination)});
    }
}

/// Two connections that charon would mix up are problems of both: neither can be trusted to come up as itself.
void refuse_ambiguities(Desired& desired)
{
    for (const auto& [first, second, what] : ike::find_ambiguities(desired.ike)) {
        for (const auto& [mine, other] : {std::pair{first, second}, std::pair{second, first}})
            desired.problems.push_back(
                {mine, "identities of " + mine.value,
                 "as connection " + other.value + ": " + what + "; give them different local_id or remote_id"});
    }
}

/// A gateway that does not forward is a host: the tunnel is up, and nothing of the LAN goes through.
void warn_of_missing_forwarding(const config::Config& config, const Facts& facts, Desired& desired)
{
    for (const auto& [family, forwards] : facts.forwarding) {
        const bool carried = std::ranges::any_of(config.connections, [&](const Connection& c) {
            return std::ranges::any_of(c.remote_subnets, [&](const auto& p) { return p.family() == family; });
        });
        if (forwards || !carried || config.gateway.lan.empty()) continue;
        const std::string setting = family == Family::V4 ? "net.ipv4.ip_forward" : "net.ipv6.conf.all.forwarding";
        desired.warnings.push_back({{},
                                    setting,
                                    setting + " is 0: packets of the LAN are not forwarded into any tunnel; "
                                              "set it to 1 in /etc/sysctl.d"});
    }
}

/// In policy mode no link's MTU tells how much fits through, so what fits in the worst case is written down.
void compile_clamp(const Connection& c, const Facts& facts, Desired& desired)
{
    const auto limit = config::mss_limit(c);
    if (has_link(c)) {
        if (limit) desired.nft.mss.emplace(c.device, *limit);
        return;
    }
    const auto families = inner_families(c);
    const auto widest = std::ranges::find(families, Family::V6) != families.end() ? Family::V6 : Family::V4;
    const auto fits = static_cast<std::uint16_t>(tcp_mss(config::link_mtu(c, facts.uplink_mtu), widest));
    for (const auto& child : children_of(c))
        desired.nft.policy_mss.emplace(child.reqid, c.mss ? *c.mss : std::min(fits, limit.value_or(fits)));
}

void tell_unknown_peer(const Connection& c, const Facts& facts, Desired& desired)
{
    const auto found = facts.peers.find({c.peer_name, c.peer.family});
    const bool failed = found != facts.peers.end() && !found->second.error.empty();
    desired.problems.push_back(
        {c.name, "peer " + c.peer_name,
         failed ? "its name does not resolve to an " + std::string{c.peer.family == Family::V4 ? "IPv4" : "IPv6"} +
                      " address: " + found->second.error + "; compare the name, and /etc/resolv.conf"
                : "its name is being resolved"});
}

/// The last address is good for as long as nobody tells another one.
void warn_of_stale_name(const Connection& c, const Facts& facts, Desired& desired)
{
    const auto found = facts.peers.find({c.peer_name, c.peer.family});
    if (c.peer_name.empty() || c.peer.is_unspecified() || found == facts.peers.end() || found->second.error.empty())
        return;
    desired.warnings.push_back({c.name, "peer " + c.peer_name,
                                "the name " + c.peer_name + " does not resolve any more: " + found->second.error +
                                    "; " + c.peer.text() + " stays in use"});
}

} // namespace

Desired compile(const config::Config& config, const Facts& facts)
{
    Desired desired;
    std::set<IpAddress> pinned;
    const auto nested = compile_nested(config);
    for (const auto& c : config.connections) {
        const auto own = local_address(config.gateway, facts, c);
        const bool is_known = !c.peer.is_unspecified();
        const auto local = is_known ? own : std::nullopt; // with one end alone nothing but the walls can stand
        if (!is_known && !c.peer_any) tell_unknown_peer(c, facts, desired);
        if (!own)
            desired.problems.push_back({c.name, "local address of " + c.name.value,
                                        "the uplink " + config.gateway.uplink.value + " has no global " +
                                            (c.peer.family == Family::V4 ? "IPv4" : "IPv6") + " address"});
        if (has_link(c)) {
            compile_policies(c, local, desired);
            compile_link(c, config::underlay_mtu(config, c, facts.uplink_mtu), local, desired);
            compile_routes(c, nested, facts, desired.links.contains(c.device), desired);
        } else if (is_carrier(c, facts.on_backup)) {
            compile_pairs(c, local, desired);
            compile_untranslated(c, local, desired);
            compile_pair_routes(c, facts, desired);
        }
        compile_paths(c, facts, local, desired);
        compile_probe(c, facts, local, desired);
        if (is_known && !c.through) compile_peer_route(c, facts, pinned, desired);
        if (has_static_keys(c))
            compile_static(c, facts, local, desired);
        else
            compile_ike(c, facts, c.peer_any ? own : local, desired);
        warn_of_foreign_routes(c, facts, desired);
        warn_of_stale_name(c, facts, desired);
        compile_clamp(c, facts, desired);
        compile_nat(c, desired);
    }
    desired.passive = facts.pair == PairRole::Standby;
    if (config.ha)
        for (const auto& [address, link] : config.ha->addresses) desired.shared.push_back({link, address, {}});
    if (desired.passive) desired.keep_up.clear();
    compile_real_networks(config, facts, desired);
    refuse_ambiguities(desired);
    warn_of_missing_forwarding(config, facts, desired);
    desired.nft.clamp = !config.connections.empty();
    desired.nft.transit = compile_transit(config);
    compile_egress(config, facts, desired);
    desired.nft.origins = compile_origins(config);
    desired.nat_rules = compile_rules(config);
    desired.nft.nested = nested;
    return desired;
}

} // namespace linkspan::agent
