#include "nft/egress_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace linkspan::nft {
namespace {

template <typename Range>
Range difference(const Range& from, const Range& what)
{
    Range result;
    std::ranges::set_difference(from, what, std::inserter(result, result.end()));
    return result;
}

const Ranges& ranges_in(const EgressTable& table, const std::string& set)
{
    static const Ranges none;
    const auto found = table.sets.find(set);
    return found == table.sets.end() ? none : found->second;
}

std::set<std::string> names_of(const std::map<std::string, Ranges>& sets)
{
    std::set<std::string> names;
    for (const auto& [name, ranges] : sets) names.insert(name);
    return names;
}

std::size_t count(const std::map<std::string, Ranges>& sets)
{
    std::size_t sum = 0;
    for (const auto& [name, ranges] : sets) sum += ranges.size();
    return sum;
}

void add(std::string& text, const std::string& part)
{
    text += (text.empty() ? "" : ", ") + part;
}

} // namespace

Plan<EgressTable> plan(const Egress& want, const EgressTable& have)
{
    auto table = table_of(want);
    if (!table.present) {
        if (!have.present) return {};
        return {.ops = {{Verb::Delete, have, {}}}};
    }
    if (!have.present) return {.ops = {{Verb::Create, std::move(table), {}}}};
    if (table == have) return {};
    return {.ops = {{Verb::Update, std::move(table), have}}};
}

EgressChanges changes_between(const EgressTable& before, const EgressTable& after)
{
    EgressChanges changes;
    const auto had = names_of(before.sets), has = names_of(after.sets);
    changes.fresh_sets = difference(has, had);
    changes.fresh_pin_sets = difference(after.pin_sets, before.pin_sets);
    changes.gone_sets = difference(had, has);
    changes.gone_sets.merge(difference(before.pin_sets, after.pin_sets));
    changes.gone_chains = difference(before.chains, after.chains);
    changes.chains = before.shape != after.shape || !before.present;
    for (const auto& name : has) {
        if (auto fresh = difference(ranges_in(after, name), ranges_in(before, name)); !fresh.empty())
            changes.fresh_ranges.emplace(name, std::move(fresh));
        if (auto gone = difference(ranges_in(before, name), ranges_in(after, name)); !gone.empty())
            changes.gone_ranges.emplace(name, std::move(gone));
    }
    return changes;
}

std::string describe(const EgressTable&)
{
    return std::string{"table inet "} + egress_table;
}

std::string detail(const Op<EgressTable>& op)
{
    if (op.verb == Verb::Delete) return {};
    const auto changes = changes_between(op.before.value_or(EgressTable{}), op.spec);
    std::string text;
    if (const auto fresh = count(changes.fresh_ranges); fresh != 0) add(text, fmt::format("{} networks more", fresh));
    if (const auto gone = count(changes.gone_ranges); gone != 0) add(text, fmt::format("{} networks less", gone));
    if (!changes.fresh_pin_sets.empty())
        add(text, fmt::format("{} classes of services more", changes.fresh_pin_sets.size() / 2));
    if (changes.chains) add(text, "rules");
    return text;
}

} // namespace linkspan::nft
