#include "agent/failover.h"

#include "agent/silence.h"
#include "agent/world.h"
#include "base/suggest.h"

#include <algorithm>
#include <optional>

namespace linkspan::agent {
namespace {

using config::Connection;

/// The backups of the enabled connections, each with its connection. Both lists are sorted by name.
template <typename Visit>
void for_each_pair(const config::Config& config, Visit visit)
{
    for (const auto& backup : config.connections) {
        if (!backup.backup_of || !backup.enabled) continue;
        const auto primary = std::ranges::lower_bound(config.connections, *backup.backup_of, {}, &Connection::name);
        if (primary != config.connections.end() && primary->name == *backup.backup_of) visit(*primary, backup);
    }
}

bool is_alive(const ConnectionName& name, const ike::SaView& sas, const std::set<ConnectionName>& dead)
{
    if (dead.contains(name)) return false;
    const auto own = std::ranges::equal_range(sas, name, {}, &ike::IkeSa::connection);
    return std::ranges::any_of(own, [](const ike::IkeSa& sa) { return std::ranges::any_of(sa.children, ike::is_up); });
}

/// Until when the primary may still take over; nothing: `preempt` alone says. `before`: what was so at the look before.
std::optional<Monotonic> grace_of(Carrier current, Alive alive, std::optional<Monotonic> before, Monotonic now)
{
    if (alive.primary) return {};
    if (!alive.backup && current == Carrier::Primary) return Monotonic::max();
    if (!before || *before <= now) return {};
    return *before == Monotonic::max() ? now + grace_time : *before;
}

bool has_first_route(const Connection& c, const route::Observed& routes)
{
    return std::ranges::any_of(routes.own_routes, [&](const auto& own) {
        const auto& route = own.second;
        return route.link == c.device && route.table == route::main_table &&
               route.metric == route::tunnel_metric(route.destination.family()) &&
               std::ranges::any_of(c.remote_subnets,
                                   [&](const auto& s) { return s.prefix.contains(route.destination); });
    });
}

} // namespace

Carrier choose(Carrier current, Alive alive, bool preempt)
{
    if (alive.primary == alive.backup) return alive.primary && preempt ? Carrier::Primary : current;
    return alive.primary ? Carrier::Primary : Carrier::Backup;
}

Choice choose_all(const config::Config& config, const ike::SaView& sas, const std::set<ConnectionName>& dead,
                  const Choice& before, Monotonic now)
{
    Choice chosen;
    for_each_pair(config, [&](const Connection& primary, const Connection& backup) {
        const auto current = before.on_backup.contains(primary.name) ? Carrier::Backup : Carrier::Primary;
        const Alive alive{is_alive(primary.name, sas, dead), is_alive(backup.name, sas, dead)};
        const auto found = before.graces.find(primary.name);
        const auto known = found == before.graces.end() ? std::nullopt : std::optional{found->second};
        const bool preempts = primary.preempt || (known && *known > now);
        if (choose(current, alive, preempts) == Carrier::Backup) chosen.on_backup.insert(primary.name);
        if (const auto grace = grace_of(current, alive, known, now)) chosen.graces.emplace(primary.name, *grace);
    });
    return chosen;
}

std::set<ConnectionName> undecided(const config::Config& config, const ike::SaView& sas, const Verdicts& verdicts,
                                   const std::set<ConnectionName>& living)
{
    std::set<ConnectionName> names;
    const auto watched = worth_watching(config);
    const auto only_asks = [&](const Connection& c) {
        const auto own = std::ranges::equal_range(sas, c.name, {}, &ike::IkeSa::connection);
        return std::ranges::binary_search(watched, c.name) && std::ranges::all_of(own, &ike::IkeSa::asking);
    };
    for (const auto& c : config.connections) {
        if (living.contains(c.name) || verdicts.alive.contains(c.name)) continue;
        if (c.probe || only_asks(c)) names.insert(c.name);
    }
    return names;
}

std::set<ConnectionName> living_of(const config::Config& config, const ike::SaView& sas,
                                   const std::set<ConnectionName>& dead)
{
    std::set<ConnectionName> living;
    for_each_pair(config, [&](const Connection& primary, const Connection& backup) {
        for (const auto* tunnel : {&primary, &backup})
            if (is_alive(tunnel->name, sas, dead)) living.insert(tunnel->name);
    });
    return living;
}

std::set<ConnectionName> left_living(const config::Config& config, const Observed& observed)
{
    std::set<ConnectionName> living;
    const auto look_for = [&](const Connection& c, Path path) {
        const auto answers = [&](const xfrm::ObservedPolicy& policy) {
            return policy.ours && policy.key.direction == xfrm::Direction::Out &&
                   policy.key.mark == policy_path(path) && policy.protect && policy.protect->destination == c.peer;
        };
        const auto leads_there = [&](const auto& own) {
            return own.second.table == path_table(path) && own.second.link == c.device;
        };
        const bool is_found = c.mode == config::Mode::Route
                                  ? observed.routes && std::ranges::any_of(observed.routes->own_routes, leads_there)
                                  : observed.policies && std::ranges::any_of(*observed.policies, answers);
        if (is_found) living.insert(c.name);
    };
    for_each_pair(config, [&](const Connection& primary, const Connection& backup) {
        look_for(primary, Path::Primary);
        look_for(backup, Path::Backup);
    });
    return living;
}

OnBackup left_behind(const config::Config& config, const Observed& observed)
{
    OnBackup found;
    for_each_pair(config, [&](const Connection& primary, const Connection& backup) {
        const auto protects = [&](const xfrm::ObservedPolicy& policy) {
            return policy.ours && policy.key.is_plain() && !policy.key.has_path() && policy.protect &&
                   policy.protect->destination == backup.peer;
        };
        const bool is_found = backup.mode == config::Mode::Route
                                  ? observed.routes && has_first_route(backup, *observed.routes)
                                  : observed.policies && std::ranges::any_of(*observed.policies, protects);
        if (is_found) found.insert(primary.name);
    });
    return found;
}

Result<std::vector<ConnectionName>> members_of(const config::Config& config, const ConnectionName& name)
{
    std::vector<std::string_view> names;
    for (const auto& connection : config.connections) {
        if (connection.name == name)
            return connection.backup ? std::vector{name, *connection.backup} : std::vector{name};
        names.push_back(connection.name.value);
    }
    std::string what = "there is no connection '" + name.value + "'";
    if (const auto meant = suggest(name.value, names)) what += "; did you mean '" + std::string{*meant} + "'?";
    return failure(Kind::NotFound, what);
}

bool is_carrier(const Connection& connection, const OnBackup& on_backup)
{
    if (connection.backup_of) return on_backup.contains(*connection.backup_of);
    return !on_backup.contains(connection.name);
}

} // namespace linkspan::agent
