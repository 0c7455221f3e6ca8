#include "xfrm/plan.h"

#include "xfrm/describe.h"

#include <algorithm>
#include <array>
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

/// The four stretches of a plan, in their order.
struct Stretches {
    std::array<std::vector<PolicyOp>, 4> ops =
        {}; ///< blocks to make, protects to make, protects to drop, blocks to drop

    void add(Verb verb, const PolicySpec& spec, std::optional<PolicySpec> before = {})
    {
        const bool block = spec.key.role == Role::Block;
        const std::size_t place = verb == Verb::Delete ? (block ? 3 : 2) : (block ? 0 : 1);
        ops[place].push_back({verb, spec, std::move(before)});
    }
    [[nodiscard]] std::vector<PolicyOp> joined() &&
    {
        std::vector<PolicyOp> all;
        all.reserve(ops[0].size() + ops[1].size() + ops[2].size() + ops[3].size());
        for (auto& part : ops) std::ranges::move(part, std::back_inserter(all));
        return all;
    }
};

} // namespace

Plan<PolicySpec> plan(const std::map<PolicyKey, PolicySpec>& want, const Policies& have)
{
    Stretches ops;
    std::vector<Conflict> conflicts;
    auto seen = have.begin();
    const auto drop_ours_before = [&](const PolicyKey* key) {
        for (; seen != have.end() && (!key || seen->key < *key); ++seen)
            if (seen->ours) ops.add(Verb::Delete, seen->spec());
    };
    for (const auto& [key, spec] : want) {
        drop_ours_before(&key);
        if (seen == have.end() || seen->key != key) {
            ops.add(Verb::Create, spec);
            continue;
        }
        if (!seen->ours)
            conflicts.push_back({spec.connection, describe(key), holder(*seen)});
        else if (!stands(spec, *seen))
            ops.add(Verb::Update, spec, seen->spec());
        ++seen;
    }
    drop_ours_before(nullptr);
    return {std::move(ops).joined(), std::move(conflicts)};
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
