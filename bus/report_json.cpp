#include "bus/report_json.h"

#include "bus/egress_json.h"

#include "bus/utf8.h"

#include <boost/json.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

namespace linkspan::bus {
namespace {

namespace json = boost::json;

/// Times are RFC 3339 in UTC; a time that was never set is null.
json::value time_or_null(WallTime time)
{
    if (time == WallTime{}) return nullptr;
    return json::string(fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(time))));
}

json::value text_or_null(const std::string& text)
{
    if (text.empty()) return nullptr;
    return json::string(text);
}

json::array texts(const std::vector<std::string>& values)
{
    return json::array(values.begin(), values.end());
}

json::string hex(std::uint32_t value)
{
    return json::string(fmt::format("0x{:08x}", value));
}

json::string hex(std::uint64_t value)
{
    return json::string(fmt::format("0x{:016x}", value));
}

std::string_view name_of(ike::IkeState state)
{
    switch (state) {
    case ike::IkeState::Connecting: return "connecting";
    case ike::IkeState::Established: return "established";
    case ike::IkeState::Rekeying: return "rekeying";
    case ike::IkeState::Deleting: return "deleting";
    case ike::IkeState::Passive: return "passive";
    case ike::IkeState::Other: break;
    }
    return "other";
}

std::string_view name_of(ike::ChildState state)
{
    switch (state) {
    case ike::ChildState::Installed: return "installed";
    case ike::ChildState::Installing: return "installing";
    case ike::ChildState::Rekeying: return "rekeying";
    case ike::ChildState::Other: break;
    }
    return "other";
}

json::object object_of(const ike::ChildSa& sa);
json::object object_of(const ike::IkeSa& sa);
json::object object_of(const Unsynced& unsynced);
json::object object_of(const StepReport& step);
json::object object_of(const xfrm::Drops& drops);
json::object object_of(const StaticSa& sa);
json::object object_of(const NatReport& line);
json::object object_of(const RuleReport& rule);

template <typename T>
json::array list(const std::vector<T>& values)
{
    json::array array;
    array.reserve(values.size());
    for (const T& value : values) array.push_back(object_of(value));
    return array;
}

json::object object_of(const ike::ChildSa& sa)
{
    return {
        {"name", sa.name},
        {"unique_id", sa.unique_id},
        {"state", name_of(sa.state)},
        {"reqid", sa.reqid.value},
        {"spi_in", hex(sa.spi_in.value)},
        {"spi_out", hex(sa.spi_out.value)},
        {"encapsulated", sa.encapsulated},
        {"algorithms", sa.algorithms},
        {"bytes_in", sa.bytes_in},
        {"bytes_out", sa.bytes_out},
        {"packets_in", sa.packets_in},
        {"packets_out", sa.packets_out},
        {"age", sa.age},
        {"rekey_in", sa.rekey_in},
        {"local_ts", texts(sa.local_ts)},
        {"remote_ts", texts(sa.remote_ts)},
    };
}

json::object object_of(const ike::IkeSa& sa)
{
    return {
        {"unique_id", sa.unique_id},
        {"state", name_of(sa.state)},
        {"local", sa.local.text()},
        {"remote", sa.remote.text()},
        {"local_id", sa.local_id},
        {"remote_id", sa.remote_id},
        {"algorithms", sa.algorithms},
        {"spi_initiator", hex(sa.spi_initiator)},
        {"spi_responder", hex(sa.spi_responder)},
        {"initiator", sa.initiator},
        {"age", sa.age},
        {"rekey_in", sa.rekey_in},
        {"children", list(sa.children)},
    };
}

json::object object_of(const Unsynced& unsynced)
{
    return {
        {"connection", text_or_null(unsynced.connection.value)},
        {"object", unsynced.object},
        {"why", unsynced.why},
        {"since", time_or_null(unsynced.since)},
        {"attempts", unsynced.attempts},
        {"retry_in", unsynced.retry_in},
    };
}

json::object object_of(const StepReport& step)
{
    return {
        {"verb", step.verb},
        {"connection", text_or_null(step.connection.value)},
        {"object", step.object},
        {"detail", text_or_null(step.detail)},
    };
}

json::object object_of(const xfrm::Drops& drops)
{
    return {{"counter", drops.counter}, {"packets", drops.packets}, {"meaning", text_or_null(drops.meaning)}};
}

json::value event_or_null(const std::optional<LastError>& event)
{
    if (!event) return nullptr;
    return json::object{{"what", event->what}, {"when", time_or_null(event->when)}};
}

json::value cause_or_null(const std::optional<CauseReport>& cause)
{
    if (!cause) return nullptr;
    return json::object{
        {"code", cause->code}, {"what", cause->what}, {"advice", cause->advice},
        {"side", cause->side}, {"said", cause->said}, {"when", time_or_null(cause->when)},
    };
}

json::value probe_or_null(const std::optional<ProbeReport>& probe)
{
    if (!probe) return nullptr;
    return json::object{{"target", probe->target}, {"lost", probe->lost}};
}

json::object object_of(const StaticSa& sa)
{
    return {
        {"generation", sa.generation}, {"algorithms", sa.suite}, {"out", sa.outbound},      {"spi", hex(sa.spi)},
        {"installed", sa.installed},   {"esn", sa.esn},          {"sequence", sa.sequence}, {"left", sa.left},
        {"bytes", sa.bytes},           {"packets", sa.packets},
    };
}

json::object object_of(const NatReport& line)
{
    return {{"ours", line.ours}, {"here", line.here}, {"there", line.there}};
}

json::object object_of(const RuleReport& rule)
{
    return {
        {"from", rule.from_here ? "local" : "remote"},
        {"source", texts(rule.source)},
        {"destination", texts(rule.destination)},
        {"service", rule.service},
        {"source_to", rule.source_to},
        {"destination_to", rule.destination_to},
        {"port_to", rule.port_to},
        {"exclude", rule.exclude},
        {"sessions", rule.sessions ? json::value(*rule.sessions) : json::value(nullptr)},
    };
}

json::value count_or_null(const std::optional<NatCount>& count)
{
    if (!count) return nullptr;
    return json::object{{"packets", count->packets}, {"bytes", count->bytes}};
}

json::object object_of(const xfrm::StateErrors& errors)
{
    return {{"late", errors.late}, {"replayed", errors.replayed}, {"forged", errors.forged}};
}

json::object object_of(const ConnectionReport& report)
{
    return {
        {"name", report.name.value},
        {"id", hex(report.id.value)},
        {"reqid", report.id.value},
        {"state", name_of(report.state)},
        {"since", time_or_null(report.since)},
        {"in_sync", report.unsynced.empty()},
        {"start", report.start},
        {"interface", report.interface},
        {"device", report.device.value},
        {"mtu", report.mtu},
        {"local", report.local},
        {"peer", report.peer},
        {"peer_name", report.peer_name},
        {"tunnel_addresses", texts(report.tunnel_addresses)},
        {"local_subnets", texts(report.local_subnets)},
        {"remote_subnets", texts(report.remote_subnets)},
        {"nat", list(report.nat)},
        {"rules", list(report.rules)},
        {"nat_in", count_or_null(report.nat_in)},
        {"nat_out", count_or_null(report.nat_out)},
        {"backup_of", report.backup_of ? json::value(report.backup_of->value) : json::value(nullptr)},
        {"carries", report.carries},
        {"probe", probe_or_null(report.probe)},
        {"transit", texts(report.transit)},
        {"sas", list(report.sas)},
        {"static_sas", list(report.static_sas)},
        {"dropped", object_of(report.dropped)},
        {"unsynced", list(report.unsynced)},
        {"warnings", texts(report.warnings)},
        {"cause", cause_or_null(report.cause)},
        {"last_error", event_or_null(report.last_error)},
        {"last_repair", event_or_null(report.last_repair)},
    };
}

json::object object_of(const IkeReport& report)
{
    return {
        {"connected", report.connected},
        {"version", text_or_null(report.version)},
        {"since", time_or_null(report.since)},
        {"error", text_or_null(report.error)},
    };
}

json::value egress_or_null(const GatewayReport& report)
{
    return report.egress ? json::value(object_of(*report.egress)) : json::value(nullptr);
}

json::object head_of(const GatewayReport& report)
{
    return {
        {"schema", json_schema},
        {"name", report.name},
        {"version", report.version},
        {"files", texts(report.files)},
        {"loaded", time_or_null(report.loaded)},
        {"config_error", text_or_null(report.config_error)},
        {"in_sync", report.in_sync},
        {"reconciliations", report.reconciliations},
        {"writes", report.writes},
        {"ike", object_of(report.ike)},
        {"unsynced", list(report.unsynced)},
        {"warnings", texts(report.warnings)},
        {"xfrm_drops", list(report.xfrm_drops)},
        {"egress", egress_or_null(report)},
    };
}

} // namespace

std::string to_json(const GatewayReport& report)
{
    // One connection at a time: a tree of 10,000 of them would take more memory than the rest of the agent.
    std::string text = json::serialize(head_of(report));
    text.back() = ',';
    text += "\"connections\":[";
    for (const ConnectionReport& connection : report.connections) {
        text += json::serialize(object_of(connection));
        text += ',';
    }
    if (!report.connections.empty()) text.pop_back();
    text += "]}";
    return to_utf8(text);
}

std::string to_json(const ConnectionReport& report)
{
    json::object object{{"schema", json_schema}};
    for (auto& [key, value] : object_of(report)) object.emplace(key, std::move(value));
    return to_utf8(json::serialize(object));
}

std::string to_json(const PlanReport& report)
{
    return to_utf8(json::serialize(json::object{
        {"schema", json_schema},
        {"steps", list(report.steps)},
        {"conflicts", list(report.conflicts)},
    }));
}

std::string to_json(const ApplyReport& report)
{
    return to_utf8(json::serialize(json::object{
        {"schema", json_schema},
        {"in_sync", report.unsynced.empty()},
        {"done", list(report.done)},
        {"unsynced", list(report.unsynced)},
    }));
}

} // namespace linkspan::bus
