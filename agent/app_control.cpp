#include "agent/app.h"

#include "agent/compile_static.h"
#include "agent/held.h"
#include "pair/order.h"

#include <algorithm>

namespace linkspan::agent {

Result<std::vector<ConnectionName>> App::members(const ConnectionName& name) const
{
    if (!reconciler_.config()) return failure(Kind::Config, "no configuration is loaded:\n" + config_error_);
    return members_of(*reconciler_.config(), name);
}

bus::GatewayReport App::status()
{
    reconcile(static_cast<Rooms>(Room::Ike), true);
    auto report = full_report(clock_.now());
    report.xfrm_drops = xfrm::read_drops();
    return report;
}

Result<bus::PlanReport> App::plan(const std::string& file)
{
    auto files = read_files(file.empty() ? options_.config : std::filesystem::path{file}, options_.credentials);
    if (!files) return std::unexpected(std::move(files).error());
    const auto planned = reconciler_.preview(files->config, std::move(files->secrets));
    bus::PlanReport report{.steps = reports_of(planned.steps)};
    for (const auto& [room, conflict] : planned.obstacles)
        report.conflicts.push_back({.connection = conflict.connection,
                                    .object = conflict.object,
                                    .why = "in its place stands " + conflict.holder});
    return report;
}

Result<bus::ApplyReport> App::apply()
{
    TRY(read());
    const auto outcome = reconcile(all_rooms, false);
    return bus::ApplyReport{reports_of(outcome.done), reconciler_.troubles().report(clock_.now())};
}

Result<> App::reload()
{
    TRY(read());
    dirty(all_rooms);
    return {};
}

Result<> App::up(const ConnectionName& name)
{
    const auto tunnels = members(name);
    TRY(tunnels);
    auto held = reconciler_.held();
    for (const auto& tunnel : *tunnels) {
        TRY(release(options_.held_directory(), tunnel));
        held.erase(tunnel);
        reconciler_.request_up(tunnel);
    }
    reconciler_.hold(std::move(held));
    reconcile(static_cast<Rooms>(Room::Ike), false);
    return {};
}

Result<> App::restart(const ConnectionName& name)
{
    const auto tunnels = members(name);
    TRY(tunnels);
    if (reconciler_.held().contains(name))
        return failure(Kind::Config, name.value + " is held down; linkspan up " + name.value + " brings it up");
    const auto& connections = reconciler_.config()->connections;
    const auto found = std::ranges::find(connections, name, &config::Connection::name);
    if (found != connections.end() && has_static_keys(*found))
        return failure(Kind::Config, name.value + " has static keys: there is nothing to negotiate anew");
    reconcile(static_cast<Rooms>(Room::Ike), true); // which SAs are there now
    for (const auto& tunnel : *tunnels)
        if (!reconciler_.held().contains(tunnel)) reconciler_.request_restart(tunnel);
    reconcile(static_cast<Rooms>(Room::Ike), false);
    return {};
}

Result<> App::down(const ConnectionName& name)
{
    const auto tunnels = members(name);
    TRY(tunnels);
    auto held = reconciler_.held();
    for (const auto& tunnel : *tunnels) {
        TRY(linkspan::agent::hold(options_.held_directory(), tunnel));
        held.insert(tunnel);
    }
    reconciler_.hold(std::move(held));
    reconcile(static_cast<Rooms>(Room::Ike), false);
    return {};
}

Result<bus::EgressLearned> App::egress_learned(const std::string& filter)
{
    return egress_.learned(filter);
}

Result<bus::EgressWhy> App::egress_why(const bus::EgressQuestion& question)
{
    return egress_.why(question);
}

Result<bus::EgressDiscovered> App::egress_discovered()
{
    return egress_.discovered();
}

Result<pair::Report> App::pair()
{
    return pair_.report();
}

Result<> App::order_pair(const std::string& order)
{
    const auto command = pair::parse_order(order);
    TRY(command);
    return pair_.command(*command);
}

} // namespace linkspan::agent
