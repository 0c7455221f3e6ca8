#include "cli/render_egress.h"

#include "cli/fields.h"
#include "cli/table.h"
#include "cli/units.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace linkspan::cli {
namespace {

namespace json = boost::json;

std::string with_port(const std::string& host, std::uint64_t port, const std::string& protocol)
{
    const auto bracketed = host.contains(':') ? "[" + host + "]" : host;
    return (port == 0 ? host : fmt::format("{}:{}", bracketed, port)) + "/" + protocol;
}

std::string render_pins(const json::object& from, std::string_view key, std::string_view indent)
{
    std::vector<Row> rows;
    for (const json::object* pin : objects(from, key))
        rows.push_back({text(*pin, "client"), "->", text(*pin, "address"), joined(*pin, "names", ", "),
                        duration_text(number(*pin, "seconds"))});
    return layout(rows, indent);
}

/// Whether it can stand in a rule as it is.
bool is_plain(const std::string& target)
{
    return !target.empty() && target.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-_:") == std::string::npos;
}

/// Ports that one target was used at by one protocol, and in how many sessions.
struct Use {
    std::set<std::uint64_t> ports = {};
    std::uint64_t sessions = 0;
};

std::map<std::pair<std::string, std::string>, Use> uses_in(const json::object& discovered)
{
    std::map<std::pair<std::string, std::string>, Use> uses;
    for (const json::object* used : objects(discovered, "used")) {
        Use& use = uses[{text(*used, "target"), text(*used, "protocol")}];
        if (const auto port = number(*used, "port"); port != 0) use.ports.insert(port);
        use.sessions += number(*used, "sessions");
    }
    return uses;
}

std::string rule_of(const std::string& target, const std::string& protocol, const Use& use)
{
    if (protocol != "tcp" && protocol != "udp" && protocol != "icmp") return target; // no word for it alone
    const std::string host = target.contains(':') && !use.ports.empty() ? "[" + target + "]" : target;
    return fmt::format("{}{}{}/{}", host, use.ports.empty() ? "" : ":", fmt::join(use.ports, ","), protocol);
}

std::string unused_names(const json::object& discovered, const std::set<std::string>& used)
{
    std::string all;
    for (const json::object* asked : objects(discovered, "asked"))
        if (const auto name = text(*asked, "name"); !used.contains(name)) all += fmt::format("#   {}\n", name);
    return all.empty() ? all : "\n# Asked for, and not used:\n" + all;
}

} // namespace

std::string render_learned(const json::object& learned)
{
    auto all = render_pins(learned, "pins", "");
    if (all.empty()) all = "no address is open because of such a name\n";
    if (flag(learned, "more")) all += "and more: linkspan egress learned NAME\n";
    return all;
}

std::string render_why(const json::object& why)
{
    const auto source = text(why, "source");
    auto all =
        fmt::format("{} -> {}: ", source, with_port(text(why, "target"), number(why, "port"), text(why, "protocol")));
    const auto tag = text(why, "tag"), rule = text(why, "rule");
    if (!flag(why, "judged")) return all + "allowed: no policy of egress has this source\n";
    all += flag(why, "allowed") ? "allowed" : "refused";
    all += rule.empty() ? ": no rule is about it" : " by " + rule + (tag.empty() ? "" : " of tag " + tag);
    return all + "\n" + render_pins(why, "opened", "  open now: ");
}

std::string render_discovered(const json::object& discovered)
{
    std::string rules, unfit;
    std::set<std::string> used;
    for (const auto& [what, use] : uses_in(discovered)) {
        const auto& [target, protocol] = what;
        used.insert(target);
        const auto sessions = counted(use.sessions, "session");
        if (is_plain(target))
            rules += fmt::format("    \"{}\", # {}\n", rule_of(target, protocol, use), sessions);
        else
            unfit += fmt::format("# not a name for a rule: {} ({})\n", target, sessions);
    }
    auto all = "[[egress.tag]]\nname  = \"discovered\"\nallow = [\n" + rules + "]\n" + unfit;
    if (const auto left_out = number(discovered, "left_out"); left_out != 0)
        all += fmt::format("# {} more found no room\n", left_out);
    return all + unused_names(discovered, used);
}

} // namespace linkspan::cli
