#include "nft/nat_plan.h"

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

/// How many elements each connection has in a list, by the connections' names.
std::map<std::string, std::size_t> count(const Elements& elements, const NatTable& names)
{
    std::map<std::string, std::size_t> counts;
    for (const auto& element : elements) {
        const auto counter = names.counters.find({element.map.entrance, element.key});
        if (counter == names.counters.end())
            counts["unknown"]++;
        else
            counts[counter->second.substr(counter->second.find('-') + 1)]++;
    }
    return counts;
}

std::string joined(const std::map<std::string, std::string>& parts)
{
    constexpr std::size_t most = 5;
    std::string text;
    std::size_t said = 0;
    for (const auto& [name, what] : parts) {
        if (said++ == most) return text + " and " + std::to_string(parts.size() - most) + " more connections";
        text += (text.empty() ? "" : "; ") + name + ": " + what;
    }
    return text;
}

std::string all_of(const NatTable& table)
{
    std::map<std::string, std::string> parts;
    for (const auto& [name, number] : count(*table.elements, table)) parts[name] = std::to_string(number) + " elements";
    return joined(parts);
}

} // namespace

Plan<NatTable> plan(const Nat& want, const NatTable& have)
{
    auto table = table_of(want);
    if (!table.present) {
        if (!have.present) return {};
        return {.ops = {{Verb::Delete, have, {}}}};
    }
    if (!have.present) return {.ops = {{Verb::Create, std::move(table), {}}}};
    if (table.shape != have.shape) return {.ops = {{Verb::Replace, std::move(table), have}}};
    if (table == have) return {};
    return {.ops = {{Verb::Update, std::move(table), have}}};
}

NatChanges changes_between(const NatTable& before, const NatTable& after)
{
    return {.gone = difference(*before.elements, *after.elements),
            .fresh = difference(*after.elements, *before.elements),
            .uncounted = difference(before.counters, after.counters),
            .counted = difference(after.counters, before.counters),
            .objects_gone = difference(before.objects, after.objects),
            .objects_fresh = difference(after.objects, before.objects)};
}

std::string describe(const NatTable&)
{
    return "table inet linkspan_nat";
}

std::string detail(const Op<NatTable>& op)
{
    switch (op.verb) {
    case Verb::Delete: return {};
    case Verb::Create: return all_of(op.spec);
    case Verb::Replace: return "its rules differ; " + all_of(op.spec);
    case Verb::Update: break;
    }
    if (!op.before) return {};
    const auto changes = changes_between(*op.before, op.spec);
    std::map<std::string, std::string> parts;
    for (const auto& [name, number] : count(changes.fresh, op.spec)) parts[name] = std::to_string(number) + " more";
    for (const auto& [name, number] : count(changes.gone, *op.before)) {
        auto& text = parts[name];
        text += (text.empty() ? "" : ", ") + std::to_string(number) + " less";
    }
    return parts.empty() ? "its counters differ" : "elements of " + joined(parts);
}

} // namespace linkspan::nft
