#include "agent/status.h"

#include "agent/compile_static.h"
#include "agent/narrowing.h"
#include "agent/sa_errors.h"
#include "agent/static_status.h"
#include "config/derive.h"

#include <algorithm>
#include <iterator>

namespace linkspan::agent {
namespace {

std::string_view name_of(config::Start start)
{
    switch (start) {
    case config::Start::Always: return "always";
    case config::Start::OnDemand: return "on-demand";
    case config::Start::Respond: return "respond";
    }
    return "?";
}

template <typename Range>
std::vector<std::string> texts_of(const Range& values)
{
    std::vector<std::string> texts;
    for (const auto& value : values) texts.push_back(value.text());
    return texts;
}

std::vector<std::string> texts_of_names(const std::vector<ConnectionName>& names)
{
    std::vector<std::string> texts;
    for (const auto& name : names) texts.push_back(name.value);
    return texts;
}

/// The SAs of one connection; the view is sorted by connection.
std::span<const ike::IkeSa> sas_of(const ike::SaView& sas, const ConnectionName& name)
{
    const auto found = std::ranges::equal_range(sas, name, {}, &ike::IkeSa::connection);
    return {found.begin(), found.end()};
}

bool carries_traffic(std::span<const ike::IkeSa> sas)
{
    return std::ranges::any_of(sas, [](const ike::IkeSa& sa) {
        return std::ranges::any_of(sa.children, [](const ike::ChildSa& child) { return is_up(child); });
    });
}

/// The most failed attempts in a row that any child of the connection has.
std::uint64_t attempts_of(const ConnectionName& name, const Reconciler& reconciler)
{
    const auto spec = reconciler.desired().ike.find(name);
    if (spec == reconciler.desired().ike.end()) return 0;
    std::uint64_t most = 0;
    for (const auto& child : spec->second.children)
        most = std::max(most, reconciler.initiations().attempts(negotiation_of(name, child.name)));
    return most;
}

std::string_view interface_of(const config::Connection& connection)
{
    if (connection.mode == config::Mode::Policy) return "policy";
    return connection.interface == config::Interface::Vti ? "vti" : "xfrm";
}

std::string joined(const std::vector<TrafficSelector>& selectors)
{
    std::string text;
    for (const auto& selector : selectors) text += (text.empty() ? "" : " ") + selector.text();
    return text;
}

/// Children that should be up all the time and are not.
std::vector<const ike::ChildSpec*> missing_children(const config::Connection& connection, const Reconciler& reconciler)
{
    std::vector<const ike::ChildSpec*> missing;
    const auto spec = reconciler.desired().ike.find(connection.name);
    if (spec == reconciler.desired().ike.end() || !reconciler.desired().keep_up.contains(connection.name))
        return missing;
    const auto sas = sas_of(reconciler.sas(), connection.name);
    for (const auto& child : spec->second.children) {
        const auto is_its = [&](const ike::ChildSa& sa) { return sa.name == child.name && is_up(sa); };
        if (std::ranges::none_of(sas, [&](const auto& sa) { return std::ranges::any_of(sa.children, is_its); }))
            missing.push_back(&child);
    }
    return missing;
}

/// Why a connection that should be up is not, as far as the SAs tell; charon's journal has the rest.
std::optional<std::string> obstacle_of(const config::Connection& connection, const Reconciler& reconciler,
                                       std::span<const ike::IkeSa> sas)
{
    if (reconciler.ike_error()) return "charon cannot be reached: " + reconciler.ike_error()->what;
    const auto attempts = attempts_of(connection.name, reconciler);
    for (const auto& sa : sas) {
        if (sa.state != ike::IkeState::Connecting) continue;
        if (sa.spi_responder == 0) return "no answer from the peer " + connection.peer.text() + " yet";
        return "the peer answers, but authentication is not done; journalctl -u linkspan-ike tells more";
    }
    if (attempts > 1 && sas.empty())
        return std::to_string(attempts - 1) +
               " negotiations ended without a tunnel; journalctl -u linkspan-ike tells why";
    return {};
}

using ByConnection = std::map<ConnectionName, std::vector<bus::Unsynced>>;

ByConnection by_connection(const std::vector<bus::Unsynced>& all)
{
    ByConnection sorted;
    for (const auto& unsynced : all) sorted[unsynced.connection].push_back(unsynced);
    return sorted;
}

void fill_addresses(bus::ConnectionReport& report, const config::Connection& connection, const Desired& desired)
{
    report.device = connection.device;
    if (const auto link = desired.links.find(connection.device); link != desired.links.end())
        report.mtu = link->second.mtu;
    if (const auto spec = desired.ike.find(connection.name); spec != desired.ike.end())
        report.local = spec->second.local.text();
    if (const auto local = local_end_of(connection.name, desired)) report.local = local->text();
    report.peer = connection.peer.is_unspecified() ? config::peer_text(connection) : connection.peer.text();
    report.peer_name = connection.peer_any ? config::any_peer : connection.peer_name;
    report.tunnel_addresses = texts_of(connection.tunnel_addresses);
    report.local_subnets = texts_of(connection.local_subnets);
    report.remote_subnets = texts_of(connection.remote_subnets);
}

std::vector<bus::NatReport> nat_of(const config::Connection& connection)
{
    std::vector<bus::NatReport> lines;
    for (const auto& [real, virt] : connection.nat.local) lines.push_back({true, real.text(), virt.text()});
    for (const auto& [real, virt] : connection.nat.remote) lines.push_back({false, virt.text(), real.text()});
    return lines;
}

std::vector<bus::RuleReport> rules_of(const config::Connection& connection)
{
    std::vector<bus::RuleReport> reports;
    const auto text = [](const std::optional<AddressRange>& to) { return to ? to->text() : std::string{}; };
    for (const auto& rule : connection.nat.rules)
        reports.push_back({.from_here = rule.from_here,
                           .source = texts_of(rule.source),
                           .destination = texts_of(rule.destination),
                           .service = service_text(rule),
                           .source_to = text(rule.source_to),
                           .destination_to = text(rule.destination_to),
                           .port_to = rule.port_to,
                           .exclude = rule.exclude,
                           .sessions = {}});
    return reports;
}

void fill_failover(bus::ConnectionReport& report, const config::Connection& connection, const Reconciler& reconciler)
{
    report.backup_of = connection.backup_of;
    report.carries = is_carrier(connection, reconciler.on_backup());
    if (!connection.probe) return;
    report.probe = bus::ProbeReport{connection.probe->target.text(), reconciler.lost().contains(connection.name)};
    if (report.probe->lost)
        report.warnings.push_back("no answer to the probe of " + report.probe->target +
                                  ": the tunnel carries nothing, whatever its SAs say");
}

bool wants_to_come_up(bus::State state)
{
    return state == bus::State::Connecting || state == bus::State::Waiting || state == bus::State::Failed;
}

bus::CauseReport report_of(const KnownCause& known)
{
    const auto& cause = known.cause;
    return {std::string{cause.code},
            std::string{cause.what},
            std::string{cause.advice},
            std::string{ike::name_of(cause.side)},
            cause.said,
            known.when};
}

bus::ConnectionReport report_of(const config::Connection& connection, const Reconciler& reconciler,
                                const std::vector<bus::Unsynced>& unsynced, const Memory* memory,
                                const KnownCause* cause)
{
    bus::ConnectionReport report{.name = connection.name, .id = connection.id};
    report.state = state_of(connection, reconciler, unsynced);
    report.start = name_of(connection.start);
    report.interface = interface_of(connection);
    fill_addresses(report, connection, reconciler.desired());
    report.nat = nat_of(connection);
    report.rules = rules_of(connection);
    fill_failover(report, connection, reconciler);
    const auto sas = sas_of(reconciler.sas(), connection.name);
    report.sas.assign(sas.begin(), sas.end());
    report.static_sas = static_sas_of(connection.name, reconciler);
    report.dropped = errors_of(sas, static_keys_of(connection.name, reconciler.desired()), reconciler.sa_errors());
    report.transit = texts_of_names(connection.transit);
    std::ranges::move(static_warnings(report.static_sas), std::back_inserter(report.warnings));
    report.unsynced = unsynced;
    if (report.state == bus::State::Degraded)
        for (const auto* child : missing_children(connection, reconciler))
            report.warnings.push_back("no CHILD_SA for " + joined(child->local_ts) + " <-> " +
                                      joined(child->remote_ts) + "; journalctl -u linkspan-ike tells why");
    if (cause && wants_to_come_up(report.state)) report.cause = report_of(*cause);
    if (report.state == bus::State::Connecting && !report.cause)
        if (auto obstacle = obstacle_of(connection, reconciler, sas)) report.warnings.push_back(std::move(*obstacle));
    if (!memory) return report;
    report.since = memory->since;
    report.last_error = memory->last_error;
    report.last_repair = memory->last_repair;
    return report;
}

} // namespace

bus::StepReport report_of(const Step& step)
{
    return {verb_of(step), step.connection, step.object, detail_of(step)};
}

std::vector<bus::StepReport> reports_of(const std::vector<Step>& steps)
{
    std::vector<bus::StepReport> reports;
    for (const auto& step : steps) reports.push_back(report_of(step));
    return reports;
}

bus::State state_of(const config::Connection& connection, const Reconciler& reconciler,
                    const std::vector<bus::Unsynced>& unsynced)
{
    if (!connection.enabled) return bus::State::Disabled;
    if (reconciler.held().contains(connection.name)) return bus::State::Down;
    if (has_static_keys(connection)) return state_of_static(connection.name, reconciler, unsynced);
    const auto sas = sas_of(reconciler.sas(), connection.name);
    if (carries_traffic(sas))
        return unsynced.empty() && missing_children(connection, reconciler).empty() ? bus::State::Up
                                                                                    : bus::State::Degraded;
    if (!unsynced.empty()) return bus::State::Failed;
    if (connection.start != config::Start::Always && sas.empty()) return bus::State::Waiting;
    return bus::State::Connecting;
}

void Memories::update(const Reconciler& reconciler, WallTime now)
{
    if (!reconciler.config()) return;
    const auto& connections = reconciler.config()->connections;
    std::erase_if(memories_, [&](const auto& memory) {
        return !std::ranges::binary_search(connections, memory.first, {}, &config::Connection::name);
    });
    const auto unsynced = by_connection(reconciler.troubles().report({}));
    for (const auto& connection : connections) {
        const auto mine = unsynced.find(connection.name);
        const auto state =
            state_of(connection, reconciler, mine == unsynced.end() ? std::vector<bus::Unsynced>{} : mine->second);
        auto& memory = memories_[connection.name];
        if (memory.since == WallTime{} || memory.state != state) memory.since = now;
        memory.state = state;
    }
}

void Memories::error(const ConnectionName& connection, const std::string& what, WallTime now)
{
    memories_[connection].last_error = bus::LastError{what, now};
}

void Memories::repair(const ConnectionName& connection, const std::string& what, WallTime now)
{
    memories_[connection].last_repair = bus::LastError{what, now};
}

const Memory* Memories::find(const ConnectionName& connection) const
{
    const auto it = memories_.find(connection);
    return it == memories_.end() ? nullptr : &it->second;
}

bus::GatewayReport report_of(const Reconciler& reconciler, const Memories& memories, const Causes& causes,
                             Monotonic now)
{
    bus::GatewayReport report{.version = LINKSPAN_VERSION};
    report.unsynced = reconciler.troubles().report(now);
    report.in_sync = reconciler.config().has_value() && report.unsynced.empty();
    report.reconciliations = reconciler.rounds();
    report.writes = reconciler.writes();
    report.ike.connected = !reconciler.ike_error() && !reconciler.ike_version().empty();
    report.ike.version = reconciler.ike_version();
    if (reconciler.ike_error()) report.ike.error = reconciler.ike_error()->what;
    if (!reconciler.config()) return report;
    report.name = reconciler.config()->gateway.name;
    const auto unsynced = by_connection(report.unsynced);
    std::map<ConnectionName, std::vector<std::string>> warnings;
    for (const auto& warning : reconciler.desired().warnings) warnings[warning.connection].push_back(warning.why);
    report.warnings = std::move(warnings[{}]);
    for (const auto& connection : reconciler.config()->connections) {
        const auto mine = unsynced.find(connection.name);
        report.connections.push_back(report_of(connection, reconciler,
                                               mine == unsynced.end() ? std::vector<bus::Unsynced>{} : mine->second,
                                               memories.find(connection.name), causes.find(connection.name)));
        auto& said = report.connections.back().warnings;
        std::ranges::move(warnings[connection.name], std::back_inserter(said));
        if (const auto spec = reconciler.desired().ike.find(connection.name); spec != reconciler.desired().ike.end())
            std::ranges::move(narrowings(spec->second, report.connections.back().sas), std::back_inserter(said));
        if (reconciler.silent().contains(connection.name))
            said.push_back("the peer " + connection.peer.text() + " has answered no IKE request for dpd_timeout");
    }
    return report;
}

} // namespace linkspan::agent
