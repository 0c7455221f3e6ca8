#include "cli/fields.h"
#include "cli/render.h"
#include "cli/table.h"
#include "cli/units.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <array>
#include <map>
#include <vector>

namespace linkspan::cli {
namespace {

namespace json = boost::json;

/// How a verb looks in a diff, and its two tenses for the summary.
struct VerbLook {
    std::string_view verb;
    const char* sign;
    const char* future;
    const char* past;
};

constexpr std::array looks{
    VerbLook{"create", "+", "to create", "created"},       VerbLook{"update", "~", "to update", "updated"},
    VerbLook{"replace", "-+", "to replace", "replaced"},   VerbLook{"delete", "-", "to delete", "deleted"},
    VerbLook{"initiate", ">", "to initiate", "initiated"}, VerbLook{"terminate", "<", "to terminate", "terminated"},
};

std::string_view sign_of(std::string_view verb)
{
    for (const VerbLook& look : looks)
        if (look.verb == verb) return look.sign;
    return "*";
}

std::string paint_sign(const std::string& sign, const Style& style)
{
    if (sign == "+" || sign == ">") return style.good(sign);
    if (sign == "-" || sign == "<") return style.bad(sign);
    return style.warn(sign);
}

Row row_of(const json::object& step, const Style& style)
{
    const std::string sign = fmt::format("{:>2}", sign_of(text(step, "verb")));
    const std::string painted = paint_sign(std::string(sign_of(text(step, "verb"))), style);
    return {Cell{sign, sign[0] == ' ' ? " " + painted : painted}, text(step, "object"), text(step, "detail")};
}

/// Steps under the name of their connection, connections in the order in which they first appear.
std::string render_steps(const std::vector<const json::object*>& steps, const Style& style)
{
    std::vector<std::pair<std::string, std::vector<Row>>> groups;
    std::map<std::string, std::size_t> place;
    for (const json::object* step : steps) {
        const std::string connection = text(*step, "connection");
        const auto [found, is_new] = place.emplace(connection, groups.size());
        if (is_new) groups.emplace_back(connection.empty() ? "gateway" : connection, std::vector<Row>{});
        groups[found->second].second.push_back(row_of(*step, style));
    }
    std::string all;
    for (const auto& [name, rows] : groups) all += style.strong(name) + '\n' + layout(rows, "  ") + '\n';
    return all;
}

/// "3 to create, 1 to update"
std::string summary(const std::vector<const json::object*>& steps, const char* VerbLook::* tense)
{
    std::string all;
    for (const VerbLook& look : looks) {
        const auto count =
            std::ranges::count_if(steps, [&](const json::object* step) { return text(*step, "verb") == look.verb; });
        if (count > 0) all += fmt::format("{}{} {}", all.empty() ? "" : ", ", count, look.*tense);
    }
    return all;
}

std::string render_conflict(const json::object& conflict, const Style& style)
{
    const std::string connection = text(conflict, "connection");
    return fmt::format(
        "{} {}{}\n    {}\n    linkspan does not touch what is not its own: remove it, or change the file\n",
        style.bad("! conflict:"), connection.empty() ? "" : connection + ": ", text(conflict, "object"),
        text(conflict, "why"));
}

} // namespace

std::string render_plan(const json::object& plan, const Style& style)
{
    const auto steps = objects(plan, "steps");
    const auto conflicts = objects(plan, "conflicts");
    if (steps.empty() && conflicts.empty()) return "nothing to do\n";
    std::string all = render_steps(steps, style);
    for (const json::object* conflict : conflicts) all += render_conflict(*conflict, style);
    if (!conflicts.empty()) all += '\n';
    all += "plan: " + (steps.empty() ? std::string("nothing to do") : summary(steps, &VerbLook::future));
    if (!conflicts.empty()) all += "; " + style.bad(counted(conflicts.size(), "conflict"));
    return all + '\n';
}

std::string render_apply(const json::object& applied, const Style& style, WallTime now)
{
    const auto done = objects(applied, "done");
    const auto unsynced = objects(applied, "unsynced");
    if (done.empty() && unsynced.empty()) return "nothing to do: in sync\n";
    std::string all = render_steps(done, style);
    if (!unsynced.empty()) all += style.bad("not in sync") + '\n';
    for (const json::object* object : unsynced) all += render_unsynced(*object, "  ", style, now);
    if (!unsynced.empty()) all += '\n';
    all += "apply: " + (done.empty() ? std::string("nothing done") : summary(done, &VerbLook::past)) + "; ";
    all += unsynced.empty() ? style.good("in sync") : style.bad(counted(unsynced.size(), "object") + " not in sync");
    return all + '\n';
}

} // namespace linkspan::cli
