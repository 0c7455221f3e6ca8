#include "xfrm/plan.h"

#include "xfrm/describe.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace linkspan::xfrm {

namespace {

using PolicyOp = Op<PolicySpec>;

bool stands(const PolicySpec& want, const ObservedPolicy& have)
{
    return !have.drifted && have.protect == want.protect;
}

/// Place in the plan; lower goes first.
int phase(const PolicyOp& op)
{
    const bool block = op.spec.key.role == Role::Block;
    if (op.verb == Verb::Delete) return block ? 3 : 2;
    return block ? 0 : 1;
}

void settle(const PolicySpec& want, const ObservedPolicy& have, Plan<PolicySpec>& plan)
{
    if (!have.ours)
        plan.conflicts.push_back({want.connection, describe(want.key), holder(have)});
    else if (!stands(want, have))
        plan.ops.push_back({Verb::Update, want, have.spec()});
}

} // namespace

Plan<PolicySpec> plan(const std::map<PolicyKey, PolicySpec>& want, const Policies& have)
{
    Plan<PolicySpec> plan;
    auto seen = have.begin();
    const auto drop_until = [&](const PolicyKey* key) {
        for (; seen != have.end() && (!key || seen->key < *key); ++seen)
            if (seen->ours) plan.ops.push_back({Verb::Delete, seen->spec(), std::nullopt});
    };
    for (const auto& [key, spec] : want) {
        drop_until(&key);
        if (seen == have.end() || seen->key != key)
            plan.ops.push_back({Verb::Create, spec, std::nullopt});
        else
            settle(spec, *seen++, plan);
    }
    drop_until(nullptr);
    std::ranges::stable_sort(plan.ops, {}, phase);
    return plan;
}

std::vector<ObservedState> plan_states(std::span<const ObservedState> have, const StateFacts& facts)
{
    std::vector<ObservedState> strays;
    std::ranges::copy_if(have, std::back_inserter(strays), [&](const ObservedState& state) {
        const bool fresh = facts.now < state.added + state_grace;
        const bool needed = facts.configured.contains(state.reqid) && !facts.established.contains(state.reqid);
        return !state.larval && !fresh && !needed && !facts.known.contains(state.key);
    });
    return strays;
}

} // namespace linkspan::xfrm
