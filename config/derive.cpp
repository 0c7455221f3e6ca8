#include "config/derive.h"

#include "base/mtu.h"

#include <algorithm>

namespace linkspan::config {
namespace {

/// AES-CBC with SHA-256 (base/esp_suite.h).
constexpr EspOverhead largest_static_overhead{.iv = 16, .icv = 16, .alignment = 16};

const Connection* named(const Config& config, const ConnectionName& name)
{
    const auto found = std::ranges::lower_bound(config.connections, name, {}, &Connection::name);
    return found != config.connections.end() && found->name == name ? &*found : nullptr;
}

} // namespace

bool has_link(const Connection& c)
{
    return c.mode == Mode::Route;
}

std::vector<Family> inner_families(const Connection& c)
{
    const auto carries = [&](Family family) {
        return std::ranges::any_of(c.remote_subnets, [&](const auto& p) { return p.family() == family; }) ||
               std::ranges::any_of(c.tunnel_addresses, [&](const auto& a) { return a.address.family == family; });
    };
    std::vector<Family> families;
    for (auto family : {Family::V4, Family::V6})
        if (carries(family)) families.push_back(family);
    return families;
}

const Connection* bearer_of(const Config& config, const Connection& c)
{
    return c.through ? named(config, *c.through) : nullptr;
}

std::uint32_t underlay_mtu(const Config& config, const Connection& c, std::uint32_t uplink_mtu)
{
    const auto* bearer = bearer_of(config, c);
    if (!bearer) return uplink_mtu;
    const auto* backup = bearer->backup ? named(config, *bearer->backup) : nullptr;
    const auto mtu = link_mtu(*bearer, uplink_mtu);
    return backup ? std::min(mtu, link_mtu(*backup, uplink_mtu)) : mtu;
}

std::uint32_t link_mtu(const Connection& c, std::uint32_t underlay_mtu)
{
    if (c.mtu) return *c.mtu;
    if (c.ceilings.outer != 0) underlay_mtu = std::min(underlay_mtu, c.ceilings.outer);
    std::vector<EspOverhead> overheads;
    for (const auto& proposal : c.esp_proposals) overheads.push_back(proposal.overhead);
    if (!c.keys.name.empty()) overheads = {largest_static_overhead}; // the file of keys may name any suite
    const auto families = inner_families(c);
    const auto mtu = tunnel_mtu(underlay_mtu, c.peer.family, overheads, c.nat_traversal != NatTraversal::None,
                                std::ranges::find(families, Family::V6) != families.end());
    return c.ceilings.mtu == 0 ? mtu : std::min(mtu, c.ceilings.mtu);
}

std::optional<std::uint16_t> mss_limit(const Connection& c)
{
    if (c.mss || c.ceilings.mss == 0) return c.mss;
    return c.ceilings.mss;
}

TrafficSelector local_on_the_wire(const Connection& c, TrafficSelector local)
{
    const auto found = std::ranges::find(c.nat.local, local.prefix, &NatMapping::real);
    if (found != c.nat.local.end()) local.prefix = found->virt;
    return local;
}

TrafficSelector remote_on_the_wire(const Connection& c, TrafficSelector remote)
{
    const auto found = std::ranges::find(c.nat.remote, remote.prefix, &NatMapping::virt);
    if (found != c.nat.remote.end()) remote.prefix = found->real;
    return remote;
}

std::vector<IpPrefix> shown_by_rules(const ConnectionNat& nat)
{
    std::vector<IpPrefix> networks;
    const auto add = [&](const std::vector<IpPrefix>& more) {
        networks.insert(networks.end(), more.begin(), more.end());
    };
    for (const auto& rule : nat.rules) {
        if (rule.from_here && rule.source_to) add(rule.source_to->networks());
        if (rule.destination_to) add(rule.destination);
    }
    return networks;
}

std::vector<IpPrefix> nobodys_here(const ConnectionNat& nat)
{
    auto networks = shown_by_rules(nat);
    for (const auto& mapping : nat.remote) networks.push_back(mapping.real);
    for (const auto& mapping : nat.local) networks.push_back(mapping.virt);
    return networks;
}

std::string local_identity(const Connection& c, const IpAddress& local)
{
    return c.local_id.empty() ? local.text() : c.local_id;
}

std::string peer_text(const Connection& c)
{
    if (c.peer_any) return std::string{any_peer};
    return c.peer_name.empty() ? c.peer.text() : c.peer_name;
}

std::string remote_identity(const Connection& c)
{
    return c.remote_id.empty() ? peer_text(c) : c.remote_id;
}

Mark mark_of(const Connection& c)
{
    return {has_link(c) && c.interface == Interface::Vti ? c.id.value : 0};
}

IfId if_id_of(const Connection& c)
{
    return {has_link(c) && c.interface == Interface::Xfrm ? c.id.value : 0};
}

} // namespace linkspan::config
