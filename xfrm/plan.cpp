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

/// The stretches of a plan, in their order: blocks, bypasses and protects to make, protects, bypasses and blocks to drop.
struct Stretches {
    std::array<std::vector<PolicyOp>, 6> ops = {};

    void add(Verb verb, const PolicySpec& spec, std::optional<PolicySpec> before = {})
    {
        const std::size_t rank = spec.key.role == Role::Block ? 0 : spec.key.role == Role::Bypass ? 1 : 2;
        ops[verb == Verb::Delete ? 5 - rank : rank].push_back({verb, spec, std::move(before)});
    }
    [[nodiscard]] std::vector<PolicyOp> joined() &&
    {
        std::vector<PolicyOp> all;
        std::size_t count = 0;
        for (const auto& part : ops) count += part.size();
        all.reserve(count);
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
        if (state.larval || state.is_static || facts.known.contains(state.key)) return false;
        if (facts.ended.contains(state.reqid)) return true;
        const bool fresh = state.rank == Rank::Plain && facts.now < state.added + state_grace;
        const bool needed = facts.configured.contains(state.reqid) && !facts.established.contains(state.reqid);
        return !fresh && !needed;
    });
    return strays;
}

} // namespace linkspan::xfrm
