#include "agent/compile_nat.h"

#include "agent/compile_ike.h"
#include "base/prefix_set.h"
#include "config/derive.h"

#include <algorithm>
#include <limits>
#include <set>

namespace linkspan::agent {
namespace {

using config::Connection;

/// Those of the connection's mappings that packets of one CHILD_SA can need.
std::vector<nft::Mapping> mappings_of(const std::vector<config::NatMapping>& all,
                                      const std::vector<TrafficSelector>& on_the_wire, bool ours)
{
    std::vector<nft::Mapping> mappings;
    for (const auto& [real, virt] : all) {
        const nft::Mapping mapping{ours ? real : virt, ours ? virt : real};
        if (std::ranges::any_of(on_the_wire, [&](const auto& s) { return s.prefix.overlaps(mapping.outside); }))
            mappings.push_back(mapping);
    }
    return mappings;
}

} // namespace

void compile_nat(const Connection& c, Desired& desired)
{
    if (!c.enabled || (c.nat.local.empty() && c.nat.remote.empty())) return;
    const bool is_vti = config::has_link(c) && c.interface == config::Interface::Vti;
    for (const auto& child : children_of(c))
        desired.nat.mouths.emplace(child.reqid,
                                   nft::Mouth{.connection = c.backup_of ? c.backup_of->value : c.name.value,
                                              .local = mappings_of(c.nat.local, child.local_ts, true),
                                              .remote = mappings_of(c.nat.remote, child.remote_ts, false),
                                              .link = is_vti ? c.device : LinkName{}});
}

void compile_real_networks(const config::Config& config, const Facts& facts, Desired& desired)
{
    PrefixSet used;
    for (const auto& own : facts.own_addresses) used.insert(IpPrefix::host(own));
    for (const auto& c : config.connections) {
        used.insert(IpPrefix::host(c.peer));
        const auto shown = config::shown_by_rules(c.nat);
        for (const auto* subnets : {&c.local_subnets, &c.remote_subnets})
            for (const auto& subnet : *subnets)
                if (std::ranges::find(shown, subnet.prefix) == shown.end()) used.insert(subnet.prefix);
    }
    std::set<IpPrefix> done;
    const auto leads_nowhere = [&](const IpPrefix& network, const ConnectionName& connection) {
        if (used.overlaps(network) || facts.real_elsewhere.contains(network) || !done.insert(network).second) return;
        desired.routes.push_back({.destination = network,
                                  .metric = std::numeric_limits<std::uint32_t>::max(),
                                  .type = route::RouteType::Unreachable,
                                  .connection = connection});
    };
    for (const auto& c : config.connections)
        for (const auto& network : config::nobodys_here(c.nat)) leads_nowhere(network, c.name);
}

} // namespace linkspan::agent
