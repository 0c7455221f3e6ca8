#include "agent/compile_paths.h"

#include "agent/compile_ike.h"
#include "agent/compile_pairs.h"
#include "config/derive.h"

#include <algorithm>
#include <iterator>
#include <ranges>

namespace linkspan::agent {
namespace {

using config::Connection;

void compile_path_rule(Family family, Path path, Desired& desired)
{
    const route::RuleSpec rule{family, path};
    if (std::ranges::find(desired.rules, rule) == desired.rules.end()) desired.rules.push_back(rule);
}

/// The routes by its link that stand in the main table, once more. They were the last to be compiled.
void compile_path_routes(const Connection& c, Path path, bool lives, Desired& desired)
{
    std::vector<route::RouteSpec> beside;
    for (const auto& route : desired.routes | std::views::reverse) {
        if (route.connection != c.name) break;
        if (route.link != c.device) continue;
        compile_path_rule(route.destination.family(), path, desired);
        if (!lives) continue;
        beside.push_back(route);
        beside.back().table = path_table(path);
        beside.back().metric = route::tunnel_metric(route.destination.family());
    }
    std::ranges::move(beside, std::back_inserter(desired.routes));
}

} // namespace

void compile_paths(const Connection& c, const Facts& facts, const std::optional<IpAddress>& local, Desired& desired)
{
    if (!c.enabled || (!c.backup && !c.backup_of)) return;
    const auto path = c.backup_of ? Path::Backup : Path::Primary;
    const bool lives = facts.living.contains(c.name);
    auto& ends = desired.paths.ends[path];
    if (config::has_link(c)) {
        ends.links.insert(c.device);
        compile_path_routes(c, path, lives, desired);
        return;
    }
    for (const auto& child : children_of(c)) ends.sas.insert(child.reqid);
    if (local) compile_path_pairs(c, path, *local, lives, desired);
}

} // namespace linkspan::agent
