#include "cli/fields.h"
#include "cli/render.h"
#include "cli/table.h"
#include "cli/units.h"

#include <boost/json.hpp>

#include <vector>

namespace linkspan::cli {
namespace {

namespace json = boost::json;

std::string paint_role(const std::string& role, const Style& style)
{
    if (role == "active") return style.good(role);
    return role == "fault" ? style.bad(role) : role;
}

std::string copied(const json::object& replication)
{
    std::string told = counted(number(replication, "sas"), "SA") + (flag(replication, "lacks") ? ", not all yet" : "");
    if (const auto* age = replication.if_contains("counters_age_ms"); age && !age->is_null())
        told += ", told " + std::to_string(number(replication, "counters_age_ms")) + " ms ago";
    return told;
}

Row row_of(const std::string& name, const json::object& gateway, std::string heard, const Style& style)
{
    const auto role = text(gateway, "role");
    const std::string fit = flag(gateway, "fit") ? "yes" : "no";
    return {name,
            Cell{role, paint_role(role, style)},
            Cell::number(std::to_string(number(gateway, "epoch"))),
            Cell{fit, fit == "yes" ? fit : style.bad(fit)},
            copied(member(gateway, "replication")),
            std::move(heard)};
}

std::string heard_text(const json::object& peer, const Style& style)
{
    const auto milliseconds = number(peer, "heard_ms");
    if (flag(peer, "present")) return std::to_string(milliseconds) + " ms ago";
    return style.bad("silent for " + duration_text(milliseconds / 1000));
}

/// How the sessions that no packet tells of get to the other gateway, or came from it.
std::string render_sessions(const json::object& pair, const Style& style)
{
    const auto& sessions = member(pair, "sessions");
    if (sessions.empty()) return {};
    const bool tells = text(pair, "role") == "active";
    auto out = "sessions: " + std::to_string(number(sessions, tells ? "told" : "known")) +
               (tells ? " told to the other gateway" : " copied from the other gateway");
    if (const auto behind = number(sessions, "behind_ms"); number(sessions, "waiting") > 0)
        out += ", " + std::to_string(behind) + " ms behind";
    if (const auto own = number(sessions, "own"); tells && own > 0)
        out += ", " + std::to_string(own) + " with an address of this gateway alone";
    if (const auto left_out = number(sessions, "left_out"); left_out > 0)
        out += ", " + style.warn(std::to_string(left_out) + " left out for want of room");
    if (const auto refused = number(sessions, "refused"); refused > 0)
        out += ", " + style.warn(std::to_string(refused) + " refused by the kernel");
    out += '\n';
    if (const auto lines = number(member(pair, "pins"), "left_out"); lines > 0)
        out += style.warn("what names have opened") + ": " + std::to_string(lines) +
               " bytes were left out for want of room; all of it is told again every 30 s\n";
    if (const auto problem = text(sessions, "problem"); !problem.empty())
        out += style.bad("sessions are not copied as they should be") + ": " + problem + '\n';
    return out;
}

std::string render_troubles(const json::object& pair, const Style& style)
{
    std::string out;
    const auto& peer = member(pair, "peer");
    const auto trouble = text(pair, "trouble");
    if (!trouble.empty()) out += style.bad("trouble") + ": " + trouble + '\n';
    if (const auto& mover = member(member(pair, "outside"), "takeover"); !text(mover, "asked").empty())
        out += "outside: " + text(mover, "by") + ": " + text(mover, "asked") + ' ' +
               std::to_string(number(mover, "epoch")) + ", " + text(mover, "state") + '\n';
    if (const auto problem = text(member(member(pair, "outside"), "arbiter"), "problem"); !problem.empty())
        out += style.warn("no arbiter") + ": so nobody takes over\n";
    if (flag(pair, "maintenance"))
        out += style.warn("maintenance") + ": this gateway stays out until `linkspan ha maintenance off`\n";
    if (peer.empty())
        out += style.bad("the other gateway was never heard") + '\n';
    else if (text(pair, "role") == "active" && !flag(peer, "ready"))
        out += flag(member(peer, "replication"), "lacks") ? style.warn("the other gateway does not have all SAs yet") +
                                                                ": some tunnels would begin anew there\n"
                                                          : style.warn("nobody could take over at present") + '\n';
    if (const auto sections = joined(pair, "differs", ", "); !sections.empty())
        out += style.bad("the two gateways' files differ") + " in " + sections +
               ", so they do not hand over; linkspan check --with FILE says what, given the other one's file\n";
    if (flag(member(pair, "replication"), "differs"))
        out += style.bad("the two gateways do not have the same SAs") + "; those of the active one are copied again\n";
    return out;
}

} // namespace

std::string render_pair(const json::object& pair, const Style& style, WallTime now)
{
    std::vector<Row> rows{{"GATEWAY", "ROLE", Cell::number("EPOCH"), "FIT", "COPIED", "HEARD"}};
    const auto node = text(pair, "node");
    rows.push_back(row_of(node + " (this one)", pair, "-", style));
    const auto& peer = member(pair, "peer");
    if (!peer.empty())
        rows.push_back(row_of(node == "first" ? "second" : "first", peer, heard_text(peer, style), style));
    auto out = layout(rows, "") + render_sessions(pair, style) + render_troubles(pair, style);
    const auto events = objects(pair, "events");
    if (!events.empty()) out += "\nlast events:\n";
    std::vector<Row> lines;
    for (auto at = events.rbegin(); at != events.rend(); ++at)
        lines.push_back({moment_text(text(**at, "time"), now), text(**at, "text")});
    return out + layout(lines, "  ");
}

} // namespace linkspan::cli
