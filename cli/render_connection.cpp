#include "cli/fields.h"
#include "cli/render.h"
#include "cli/table.h"
#include "cli/units.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <utility>
#include <vector>

namespace linkspan::cli {
namespace {

namespace json = boost::json;

std::string rekey_text(const json::object& sa)
{
    const auto seconds = number(sa, "rekey_in");
    return seconds == 0 ? "" : ", rekeys in " + duration_text(seconds);
}

std::string end_text(const json::object& sa, std::string_view address, std::string_view id)
{
    const std::string who = text(sa, id);
    return who.empty() || who == text(sa, address) ? text(sa, address) : text(sa, address) + " [" + who + "]";
}

std::vector<Row> child_rows(const json::object& child)
{
    std::vector<Row> rows{
        {fmt::format("child #{}", number(child, "unique_id")),
         fmt::format("{} for {}{}{}", text(child, "state"), duration_text(number(child, "age")),
                     flag(child, "encapsulated") ? ", ESP in UDP" : ", ESP", rekey_text(child))},
        {"", text(child, "algorithms")},
    };
    for (const char* way : {"in", "out"}) {
        const std::string suffix = std::string("_") + way;
        rows.push_back({"", fmt::format("{:<3}  SPI {}  {:>10}  {}", way, text(child, "spi" + suffix),
                                        bytes_text(number(child, "bytes" + suffix)),
                                        counted(number(child, "packets" + suffix), "packet"))});
    }
    rows.push_back({"", joined(child, "local_ts", " ") + " <-> " + joined(child, "remote_ts", " ")});
    return rows;
}

std::vector<Row> sa_rows(const json::object& sa)
{
    std::vector<Row> rows{
        {fmt::format("ike #{}", number(sa, "unique_id")),
         fmt::format("{} for {}, {}{}", text(sa, "state"), duration_text(number(sa, "age")),
                     flag(sa, "initiator") ? "initiated here" : "initiated by the peer", rekey_text(sa))},
        {"", text(sa, "algorithms")},
        {"", fmt::format("SPI {} (initiator), {} (responder)", text(sa, "spi_initiator"), text(sa, "spi_responder"))},
        {"", end_text(sa, "local", "local_id") + " <-> " + end_text(sa, "remote", "remote_id")},
    };
    for (const json::object* child : objects(sa, "children"))
        for (Row& row : child_rows(*child)) rows.push_back(std::move(row));
    return rows;
}

/// An SA of static keys: "out, aes256gcm16, keys 2026-11, SPI 00001002, sequence number 1234 (4294966061 left)".
std::string static_text(const json::object& sa)
{
    return fmt::format("{}, {}{}, keys {}, SPI {}, {}", flag(sa, "out") ? "out" : "in", text(sa, "algorithms"),
                       flag(sa, "esn") ? " with esn" : "", text(sa, "generation"), text(sa, "spi"),
                       flag(sa, "installed")
                           ? fmt::format("{} packets, sequence number {}, {} left", number(sa, "packets"),
                                         number(sa, "sequence"), number(sa, "left"))
                           : "not installed");
}

void add_static(std::vector<Row>& rows, const json::object& connection)
{
    std::string label = "static SA";
    for (const json::object* sa : objects(connection, "static_sas"))
        rows.push_back({std::exchange(label, ""), static_text(*sa)});
}

/// What a person looks for where a tunnel is up and does not carry: "12 failed the integrity check, 1 had been seen already".
void add_dropped(std::vector<Row>& rows, const json::object& connection)
{
    const json::object& dropped = member(connection, "dropped");
    std::string all;
    const auto add = [&](std::string_view key, const char* what) {
        if (const auto count = number(dropped, key); count != 0)
            all += fmt::format("{}{} {}", all.empty() ? "" : ", ", counted(count, "packet"), what);
    };
    add("forged", "failed the integrity check");
    add("replayed", "had been seen already");
    add("late", "came too late for the replay window");
    if (!all.empty()) rows.push_back({"dropped", all});
}

std::string networks_text(const json::object& rule, std::string_view key, std::string_view to)
{
    auto networks = joined(rule, key, ", ");
    if (networks.empty()) networks = "any";
    const auto becomes = text(rule, to);
    return becomes.empty() ? networks : fmt::format("{} -> {}", networks, becomes);
}

/// "1  begun here   10.1.0.0/16 -> 100.64.0.1, to any tcp/443; 12 sessions"
void add_rules(std::vector<Row>& rows, const json::object& connection)
{
    std::size_t rule_number = 0;
    for (const json::object* rule : objects(connection, "rules")) {
        auto service = text(*rule, "service");
        const auto port = number(*rule, "port_to");
        auto line = fmt::format(
            "{}  begun {}  {}, to {}", ++rule_number, text(*rule, "from") == "local" ? "here " : "there",
            networks_text(*rule, "source", "source_to"), networks_text(*rule, "destination", "destination_to"));
        if (!service.empty()) line += fmt::format(" {}", service);
        if (port != 0) line += fmt::format(" -> {}", port);
        if (flag(*rule, "exclude")) line += "  kept as it is";
        line += fmt::format("  {}", counted(number(*rule, "sessions"), "session"));
        rows.push_back({rule_number == 1 ? "rules" : "", std::move(line)});
    }
}

/// Mapped NAT: what each side calls the networks, and what was translated.
void add_nat(std::vector<Row>& rows, const json::object& connection)
{
    bool first = true;
    for (const json::object* line : objects(connection, "nat")) {
        rows.push_back(
            {first ? "nat" : "", fmt::format("{}  {} here, {} there", flag(*line, "ours") ? "ours  " : "theirs",
                                             text(*line, "here"), text(*line, "there"))});
        first = false;
    }
    for (const char* way : {"in", "out"}) {
        const json::object& count = member(connection, std::string("nat_") + way);
        if (!count.empty())
            rows.push_back(
                {"", fmt::format("{:<6}  {} translated, {}", way, counted(number(count, "packets"), "packet"),
                                 bytes_text(number(count, "bytes")))});
    }
}

/// Of a backup, and of a connection whose backup has the traffic.
void add_traffic(std::vector<Row>& rows, const json::object& connection)
{
    const std::string primary = text(connection, "backup_of");
    const bool carries = !connection.contains("carries") || flag(connection, "carries");
    if (!primary.empty())
        rows.push_back({"traffic", (carries ? "carried in place of " : "none, ready to stand in for ") + primary});
    else if (!carries)
        rows.push_back({"traffic", "carried by the backup"});
}

std::vector<Row> settings(const json::object& connection)
{
    const std::string addresses = joined(connection, "tunnel_addresses", " ");
    const bool linkless = text(connection, "interface") == "policy";
    return {
        {"peer", fmt::format("{} from {}, start {}", text(connection, "peer"), text(connection, "local"),
                             text(connection, "start"))},
        {"device", linkless
                       ? "none, mode \"policy\""
                       : fmt::format("{} ({}), mtu {}{}", text(connection, "device"), text(connection, "interface"),
                                     number(connection, "mtu"), addresses.empty() ? "" : ", " + addresses)},
        {"subnets", joined(connection, "local_subnets", " ") + " <-> " + joined(connection, "remote_subnets", " ")},
        {"id", fmt::format("{}{}, reqid {}", text(connection, "id"), linkless ? "" : " (mark, key, if_id)",
                           number(connection, "reqid"))},
    };
}

void add_event(std::vector<Row>& rows, const json::object& connection, const char* key, const char* label, WallTime now)
{
    const json::object& event = member(connection, key);
    if (event.empty()) return;
    rows.push_back({label, text(event, "what")});
    rows.push_back({"", moment_text(text(event, "when"), now)});
}

void add_cause(std::vector<Row>& rows, const json::object& connection, const Style& style, WallTime now)
{
    const json::object& cause = member(connection, "cause");
    if (cause.empty()) return;
    const std::string what = text(cause, "what");
    rows.push_back({"cause", Cell{what, style.bad(what)}});
    rows.push_back({side_text(text(cause, "side")), text(cause, "advice")});
    rows.push_back({"", fmt::format("charon, {}: {}", moment_text(text(cause, "when"), now), text(cause, "said"))});
}

std::string render_unsynced_of(const json::object& connection, const Style& style, WallTime now)
{
    const auto unsynced = objects(connection, "unsynced");
    if (unsynced.empty()) return {};
    std::string all = "  " + style.bad("not in sync") + '\n';
    for (const json::object* object : unsynced) {
        json::object nameless = *object;
        nameless.erase("connection");
        all += render_unsynced(nameless, "    ", style, now);
    }
    return all;
}

} // namespace

std::string side_text(std::string_view side)
{
    if (side == "ours") return "mend here";
    return side == "theirs" ? "mend there" : "mend either";
}

std::string render_connection(const json::object& connection, const Style& style, WallTime now)
{
    const std::string since = text(connection, "since");
    std::string all =
        fmt::format("{}: {}{}\n", style.strong(text(connection, "name")), paint_state(text(connection, "state"), style),
                    since.empty() ? "" : " since " + moment_text(since, now));
    std::vector<Row> rows = settings(connection);
    add_nat(rows, connection);
    add_rules(rows, connection);
    add_traffic(rows, connection);
    add_cause(rows, connection, style, now);
    for (const json::object* sa : objects(connection, "sas"))
        for (Row& row : sa_rows(*sa)) rows.push_back(std::move(row));
    add_static(rows, connection);
    add_dropped(rows, connection);
    if (const std::string into = joined(connection, "transit", " "); !into.empty())
        rows.push_back({"transit", "may begin sessions with " + into});
    add_event(rows, connection, "last_error", "last error", now);
    add_event(rows, connection, "last_repair", "repaired", now);
    if (const std::string warnings = joined(connection, "warnings", "; "); !warnings.empty())
        rows.push_back({"warnings", warnings});
    return all + layout(rows, "  ") + render_unsynced_of(connection, style, now);
}

} // namespace linkspan::cli
