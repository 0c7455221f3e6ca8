#include "agent/compile_probes.h"

#include "config/derive.h"
#include "config/pairs.h"

namespace linkspan::agent {
namespace {

using config::Connection;

std::optional<IpAddress> inside_address(const Connection& c, Family family)
{
    for (const auto& inside : c.tunnel_addresses)
        if (inside.address.family == family) return inside.address;
    return {};
}

/// The first pair by which one of our addresses reaches the target, and that address.
void choose_pair(const Connection& c, const Facts& facts, const std::optional<IpAddress>& local, ProbeSpec& spec)
{
    for (const auto& pair : config::pairs_of(c)) {
        if (!config::carries_echoes(pair, c.probe->target)) continue;
        for (const auto& own : facts.own_addresses) {
            if (!pair.local.prefix.contains(own)) continue;
            spec.source = own;
            if (local) spec.protect = xfrm::Template{*local, c.peer, config::reqid_of(c, pair)};
            return;
        }
    }
}

} // namespace

void compile_probe(const Connection& c, const Facts& facts, const std::optional<IpAddress>& local, Desired& desired)
{
    if (!c.enabled || !c.probe) return;
    ProbeSpec spec{.probe = *c.probe, .identifier = static_cast<std::uint16_t>(c.id.value)};
    if (config::has_link(c)) {
        spec.device = c.device;
        spec.source = inside_address(c, c.probe->target.family);
    } else {
        if (c.backup || c.backup_of) spec.path = policy_path(c.backup_of ? Path::Backup : Path::Primary);
        choose_pair(c, facts, local, spec);
        if (!spec.source)
            desired.warnings.push_back(
                {c.name, "probe of " + c.name.value,
                 "no address of this gateway is in local_subnets, so nothing can ask " + c.probe->target.text() +
                     " by this tunnel, and it counts as dead; give the gateway an address there, "
                     "or leave the probe out"});
    }
    desired.probes.emplace(c.name, std::move(spec));
}

} // namespace linkspan::agent
