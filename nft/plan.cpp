#include "nft/plan.h"

#include "nft/render.h"

#include <algorithm>

namespace linkspan::nft {
namespace {

std::set<std::string> names_of_branches(const Spec& want)
{
    std::set<std::string> names;
    for (const auto& chain : branches(want))
        if (chain.hook.empty()) names.insert(chain.name);
    return names;
}

/// The rules tell by their comments' hashes what is in them, so other values are other rules.
bool intact(const Spec& want, const Observed& have)
{
    return have.shaped && have.keeps_sources == !want.policy_mss.empty() && have.branches == names_of_branches(want) &&
           std::ranges::equal(have.rules, rules(want), {}, {}, &Rule::comment);
}

} // namespace

Plan<Spec> plan(const Spec& want, const Observed& have)
{
    const Spec before{.clamp = have.present, .mss = have.mss};
    if (!want.clamp) {
        if (!have.present) return {};
        return {.ops = {{Verb::Delete, before, {}}}};
    }
    if (!have.present) return {.ops = {{Verb::Create, want, {}}}};
    if (!intact(want, have)) return {.ops = {{Verb::Replace, want, before}}};
    if (have.mss == want.mss) return {};
    auto values = before;
    values.policy_mss = want.policy_mss; // as the rules say
    values.transit = want.transit;
    values.origins = want.origins;
    values.nested = want.nested;
    return {.ops = {{Verb::Update, want, std::move(values)}}};
}

} // namespace linkspan::nft
