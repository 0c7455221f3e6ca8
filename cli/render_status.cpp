#include "cli/fields.h"
#include "cli/render.h"
#include "cli/table.h"
#include "cli/units.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <map>
#include <vector>

namespace linkspan::cli {
namespace {

namespace json = boost::json;

/// More than a screenful helps nobody; `status NAME` and `--json` have the rest.
constexpr std::size_t shown_unsynced = 20;

struct Traffic {
    std::uint64_t in = 0;
    std::uint64_t out = 0;
};

Traffic traffic_of(const json::object& connection)
{
    Traffic sum;
    for (const json::object* sa : objects(connection, "sas"))
        for (const json::object* child : objects(*sa, "children")) {
            sum.in += number(*child, "bytes_in");
            sum.out += number(*child, "bytes_out");
        }
    return sum;
}

Row row_of(const json::object& connection, const Style& style, WallTime now)
{
    const std::string state = text(connection, "state");
    const Traffic traffic = traffic_of(connection);
    const std::string sync = flag(connection, "in_sync") ? "yes" : "no";
    return {text(connection, "name"),
            Cell{state, paint_state(state, style)},
            age_text(text(connection, "since"), now),
            text(connection, "peer"),
            text(connection, "device"),
            Cell::number(bytes_text(traffic.in)),
            Cell::number(bytes_text(traffic.out)),
            Cell{sync, sync == "yes" ? sync : style.bad(sync)}};
}

std::string render_connections(const json::object& gateway, const Style& style, WallTime now)
{
    const auto connections = objects(gateway, "connections");
    if (connections.empty()) return "no connections\n";
    std::vector<Row> rows{{"NAME", "STATE", "FOR", "PEER", "DEVICE", Cell::number("IN"), Cell::number("OUT"), "SYNC"}};
    for (const json::object* connection : connections) rows.push_back(row_of(*connection, style, now));
    return layout(rows, "");
}

/// "2 connections: 1 up, 1 failed"
std::string count_states(const json::object& gateway)
{
    const auto connections = objects(gateway, "connections");
    std::map<std::string, std::size_t> states;
    for (const json::object* connection : connections) ++states[text(*connection, "state")];
    std::string all;
    for (const auto& [state, count] : states) all += fmt::format("{}{} {}", all.empty() ? ": " : ", ", count, state);
    return counted(connections.size(), "connection") + all;
}

std::string render_ike(const json::object& gateway, const Style& style, WallTime now)
{
    const json::object& ike = member(gateway, "ike");
    if (flag(ike, "connected"))
        return fmt::format("{}, connected since {}", text(ike, "version"), moment_text(text(ike, "since"), now));
    const std::string why = text(ike, "error");
    return style.bad("not connected") + (why.empty() ? "" : ": " + why);
}

std::string head(const json::object& gateway, const Style& style, WallTime now)
{
    const std::string sync = flag(gateway, "in_sync")
                                 ? style.good("in sync")
                                 : style.bad("not in sync, " + counted(objects(gateway, "unsynced").size(), "object"));
    std::string all = fmt::format("{}: {}\n", style.strong(text(gateway, "name")), sync);
    all += layout(
        {
            {"agent", "linkspan " + text(gateway, "version") + ", " + count_states(gateway)},
            {"files", joined(gateway, "files", " ")},
            {"loaded", moment_text(text(gateway, "loaded"), now)},
            {"ike", render_ike(gateway, style, now)},
            {"work", fmt::format("{}, {}", counted(number(gateway, "reconciliations"), "reconciliation"),
                                 counted(number(gateway, "writes"), "write"))},
        },
        "  ");
    return all;
}

/// Every line of a text, indented.
std::string indented(const std::string& block)
{
    std::string all;
    std::size_t begin = 0;
    while (begin < block.size()) {
        const std::size_t end = std::min(block.find('\n', begin), block.size());
        all += "  " + block.substr(begin, end - begin) + '\n';
        begin = end + 1;
    }
    return all;
}

std::string render_config_error(const json::object& gateway, const Style& style)
{
    const std::string error = lines(gateway, "config_error");
    if (error.empty()) return {};
    return '\n' + style.bad("the newest files are not in force; the ones before them are:") + '\n' + indented(error);
}

std::string render_all_unsynced(const json::object& gateway, const Style& style, WallTime now)
{
    const auto unsynced = objects(gateway, "unsynced");
    if (unsynced.empty()) return {};
    std::string all = '\n' + style.bad("not in sync") + '\n';
    for (std::size_t i = 0; i < std::min(unsynced.size(), shown_unsynced); ++i)
        all += render_unsynced(*unsynced[i], "  ", style, now);
    if (unsynced.size() > shown_unsynced)
        all += fmt::format("  and {} more: linkspan status NAME, or --json\n", unsynced.size() - shown_unsynced);
    return all;
}

std::string render_causes(const json::object& gateway, const Style& style)
{
    std::string all;
    std::size_t count = 0;
    for (const json::object* connection : objects(gateway, "connections")) {
        const json::object& cause = member(*connection, "cause");
        if (cause.empty() || ++count > shown_unsynced) continue;
        all += fmt::format("  {}: {}\n    {}: {}\n", style.strong(text(*connection, "name")), text(cause, "what"),
                           side_text(text(cause, "side")), text(cause, "advice"));
    }
    if (count == 0) return {};
    if (count > shown_unsynced) all += fmt::format("  and {} more: linkspan status NAME\n", count - shown_unsynced);
    return '\n' + style.bad("why connections are not up") + '\n' + all;
}

std::string render_warnings(const json::object& gateway, const Style& style)
{
    const std::string warnings = joined(gateway, "warnings", "\n  ");
    return warnings.empty() ? "" : '\n' + style.warn("warnings") + "\n  " + warnings + '\n';
}

/// Counted by the kernel for the whole gateway, so of no connection in particular.
std::string render_drops(const json::object& gateway, const Style& style)
{
    const auto drops = objects(gateway, "xfrm_drops");
    if (drops.empty()) return {};
    std::vector<Row> rows;
    for (const json::object* counter : drops)
        rows.push_back({Cell::number(std::to_string(number(*counter, "packets"))), text(*counter, "counter"),
                        text(*counter, "meaning")});
    return '\n' + style.warn("packets that IPsec dropped, of all connections since boot") + '\n' + layout(rows, "  ");
}

} // namespace

std::string paint_state(const std::string& state, const Style& style)
{
    if (state == "up") return style.good(state);
    if (state == "failed") return style.bad(state);
    if (state == "degraded" || state == "connecting") return style.warn(state);
    return style.faint(state);
}

std::string render_unsynced(const json::object& unsynced, std::string_view indent, const Style& style, WallTime now)
{
    const std::string connection = text(unsynced, "connection");
    std::string all = fmt::format("{}{}{}\n", indent, connection.empty() ? "" : style.strong(connection) + ": ",
                                  text(unsynced, "object"));
    std::string when = text(unsynced, "since").empty() ? "" : "since " + moment_text(text(unsynced, "since"), now);
    if (const auto attempts = number(unsynced, "attempts"); attempts > 0)
        when += fmt::format("{}{}, next in {}", when.empty() ? "" : ", ", counted(attempts, "attempt"),
                            duration_text(number(unsynced, "retry_in")));
    all += fmt::format("{}  {}\n", indent, text(unsynced, "why"));
    return when.empty() ? all : all + fmt::format("{}  {}\n", indent, when);
}

std::string render_status(const json::object& gateway, const Style& style, WallTime now)
{
    return head(gateway, style, now) + '\n' + render_connections(gateway, style, now) + render_causes(gateway, style) +
           render_config_error(gateway, style) + render_all_unsynced(gateway, style, now) +
           render_warnings(gateway, style) + render_drops(gateway, style);
}

} // namespace linkspan::cli
