#include "nft/rules_plan.h"

#include <cstdio>

namespace linkspan::nft {
namespace {

std::string name_of(ConnectionId id, const RulesTable& t)
{
    if (t.rules)
        if (const auto found = t.rules->sets.find(id); found != t.rules->sets.end()) return found->second.name.value;
    char digits[9];
    std::snprintf(digits, sizeof digits, "%08x", id.value);
    return std::string{"a connection that is gone, "} + digits;
}

std::set<ConnectionId> all_ids(const Op<RulesTable>& op)
{
    auto ids = ids_in(op.spec);
    if (op.before) ids.merge(ids_in(*op.before));
    return ids;
}

} // namespace

Plan<RulesTable> plan(const Rules& want, const RulesTable& have)
{
    auto wanted = table_of(want);
    if (!wanted.present) {
        if (!have.present) return {};
        return {.ops = {{Verb::Delete, have, {}}}};
    }
    if (!have.present) return {.ops = {{Verb::Create, std::move(wanted), {}}}};
    if (!have.framed) return {.ops = {{Verb::Replace, std::move(wanted), have}}};
    if (wanted == have) return {};
    return {.ops = {{Verb::Update, std::move(wanted), have}}};
}

std::set<ConnectionId> changed_between(const RulesTable& before, const RulesTable& after)
{
    std::set<ConnectionId> ids;
    const auto note = [&](const std::string& chain) {
        if (const auto id = id_of_chain(chain)) ids.insert(*id);
    };
    for (const auto* side : {&before, &after}) {
        const auto& other = side == &before ? after : before;
        for (const auto& [name, lines] : side->chains)
            if (const auto found = other.chains.find(name); found == other.chains.end() || found->second != lines)
                note(name);
        for (const auto& map : jump_maps())
            for (const auto& jump : missing(jumps_in(*side, map), jumps_in(other, map))) note(jump.second);
    }
    return ids;
}

std::set<IpPrefix> ending_of(const Op<RulesTable>& op)
{
    const auto ids = op.verb == Verb::Update && op.before ? changed_between(*op.before, op.spec) : all_ids(op);
    auto networks = networks_of(op.spec, ids);
    networks.insert(op.spec.ending.begin(), op.spec.ending.end());
    if (op.before) {
        networks.merge(networks_of(*op.before, ids));
        networks.insert(op.before->ending.begin(), op.before->ending.end());
    }
    std::set<IpPrefix> widest;
    for (const auto& network : networks)
        if (widest.empty() || !widest.rbegin()->contains(network)) widest.insert(network);
    return widest;
}

std::string describe(const RulesTable&)
{
    return "table inet linkspan_rules";
}

std::string detail(const Op<RulesTable>& op)
{
    if (op.verb == Verb::Delete) return {};
    constexpr std::size_t most = 5;
    const auto ids = op.verb == Verb::Update && op.before ? changed_between(*op.before, op.spec) : ids_in(op.spec);
    std::string text = op.verb == Verb::Replace ? "its frame differs; " : "";
    std::size_t said = 0;
    for (const auto id : ids) {
        if (said == most) return text + " and " + std::to_string(ids.size() - most) + " more";
        text += (said++ == 0 ? "rules of " : ", ") + name_of(id, op.spec);
    }
    if (said != 0) return text;
    if (op.verb == Verb::Update && op.before && !op.before->ending.empty()) return "sessions of rules that are gone";
    return text + "keep the sources of mapped links";
}

} // namespace linkspan::nft
