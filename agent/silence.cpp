#include "agent/silence.h"

#include <algorithm>

namespace linkspan::agent {
namespace {

std::uint64_t received_by(const ike::SaView& own)
{
    std::uint64_t sum = 0;
    for (const auto& sa : own)
        for (const auto& child : sa.children) sum += child.packets_in;
    return sum;
}

} // namespace

std::vector<ConnectionName> worth_watching(const config::Config& config)
{
    std::vector<ConnectionName> names;
    for (const auto& c : config.connections)
        if (c.enabled && (c.backup || c.backup_of) && c.dpd_delay.count() != 0 && c.ike.version == 2)
            names.push_back(c.name);
    return names;
}

void Silence::see(const ConnectionName& connection, const ike::SaView& own, Monotonic now)
{
    const bool waits = std::ranges::all_of(own, [](const ike::IkeSa& sa) { return sa.asking; });
    if (own.empty() || !waits)
        since_.erase(connection);
    else if (const auto received = received_by(own);
             !since_.contains(connection) || since_[connection].received != received)
        since_[connection] = {now, received};
}

void Silence::keep(const std::vector<ConnectionName>& worth)
{
    std::erase_if(since_, [&](const auto& entry) { return !std::ranges::binary_search(worth, entry.first); });
}

std::set<ConnectionName> Silence::silent(const config::Config& config, Monotonic now) const
{
    std::set<ConnectionName> names;
    for (const auto& [name, entry] : since_) {
        const auto found = std::ranges::lower_bound(config.connections, name, {}, &config::Connection::name);
        if (found == config.connections.end() || found->name != name) continue;
        if (now - entry.since >= found->dpd_timeout) names.insert(name);
    }
    return names;
}

} // namespace linkspan::agent
