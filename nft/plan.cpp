#include "nft/plan.h"

#include "nft/render.h"

#include <algorithm>

namespace linkspan::nft {
namespace {

bool intact(const Observed& have)
{
    return have.shaped && std::ranges::equal(have.rules, rules(), {}, {}, &Rule::comment);
}

} // namespace

Plan<Spec> plan(const Spec& want, const Observed& have)
{
    const Spec before{have.present, have.mss};
    if (!want.clamp) {
        if (!have.present) return {};
        return {.ops = {{Verb::Delete, before, {}}}};
    }
    if (!have.present) return {.ops = {{Verb::Create, want, {}}}};
    if (!intact(have)) return {.ops = {{Verb::Replace, want, before}}};
    if (have.mss != want.mss) return {.ops = {{Verb::Update, want, before}}};
    return {};
}

} // namespace linkspan::nft
