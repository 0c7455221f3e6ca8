#include "agent/causes.h"

#include <algorithm>

namespace linkspan::agent {
namespace {

/// How long a cause that tells more outlives attempts that fail with less.
constexpr auto fresh = std::chrono::minutes{1};

const config::Connection* named(const config::Config& config, const std::string& name)
{
    const auto found = std::ranges::lower_bound(
        config.connections, name, {}, [](const config::Connection& c) { return std::string_view{c.name.value}; });
    return found != config.connections.end() && found->name.value == name ? &*found : nullptr;
}

/// The only enabled connection with this peer.
const config::Connection* only_with(const config::Config& config, const IpAddress& peer)
{
    const config::Connection* found = nullptr;
    for (const auto& connection : config.connections) {
        if (!connection.enabled || connection.peer != peer) continue;
        if (found) return nullptr;
        found = &connection;
    }
    return found;
}

} // namespace

std::optional<ConnectionName> Causes::add(const ike::Finding& finding, const config::Config& config, WallTime now)
{
    const auto* connection = finding.connection.empty() ? nullptr : named(config, finding.connection);
    if (finding.connection.empty() && finding.peer) connection = only_with(config, *finding.peer);
    if (!connection) return {};
    auto& known = causes_[connection->name];
    if (finding.cause.weight < known.cause.weight && !known.cause.code.empty() && now - known.when < fresh) return {};
    const bool news = known.cause.what != finding.cause.what;
    known = {finding.cause, now};
    return news ? std::optional{connection->name} : std::nullopt;
}

void Causes::forget(const std::function<bool(const ConnectionName&)>& over)
{
    std::erase_if(causes_, [&](const auto& item) { return over(item.first); });
}

const KnownCause* Causes::find(const ConnectionName& connection) const
{
    const auto it = causes_.find(connection);
    return it == causes_.end() ? nullptr : &it->second;
}

} // namespace linkspan::agent
