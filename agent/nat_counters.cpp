#include "agent/nat_counters.h"

#include "nft/nat_observe.h"
#include "nft/rules_table.h"

#include <algorithm>

namespace linkspan::agent {

void read_nat_counters(netlink::Socket& netfilter, bus::GatewayReport& report)
{
    const auto is_mapped = [](const bus::ConnectionReport& c) { return !c.nat.empty() || !c.rules.empty(); };
    if (std::ranges::none_of(report.connections, is_mapped)) return;
    const auto counters = nft::read_counters(netfilter);
    if (!counters) return;
    std::map<std::string, bus::NatCount> by_name;
    for (const auto& counter : *counters) by_name[counter.name] = {counter.packets, counter.bytes};
    for (auto& c : report.connections) {
        const auto name = c.backup_of ? c.backup_of->value : c.name.value; // a backup counts with its connection
        for (std::size_t i = 0; i < c.rules.size(); ++i)
            c.rules[i].sessions = by_name[nft::rule_counter(name, i + 1)].packets;
        if (c.nat.empty()) continue;
        c.nat_in = by_name[nft::counter_name(nft::Entrance::Sa, name)];
        c.nat_out = by_name[nft::counter_name(nft::Entrance::Out, name)];
    }
}

} // namespace linkspan::agent
