#include "nft/paths_plan.h"

#include "nft/paths_render.h"

#include <algorithm>

namespace linkspan::nft {

Plan<Paths> plan(const Paths& want, const ObservedPaths& have)
{
    if (want.empty()) {
        if (!have.present) return {};
        return {.ops = {{Verb::Delete, {}, {}}}};
    }
    if (!have.present) return {.ops = {{Verb::Create, want, {}}}};
    if (!have.shaped) return {.ops = {{Verb::Replace, want, {}}}};
    if (std::ranges::equal(have.rules, rules(want), {}, {}, &Rule::comment)) return {};
    return {.ops = {{Verb::Update, want, {}}}};
}

std::string describe(const Paths&)
{
    return "table inet linkspan_paths";
}

std::string detail(const Op<Paths>& op)
{
    if (op.verb == Verb::Delete) return {};
    std::string text;
    const auto append = [&](const std::string& end) { text += (text.empty() ? "" : ", ") + end; };
    for (const auto& [path, ends] : op.spec.ends) {
        for (const auto& link : ends.links) append(link.value);
        for (const auto reqid : ends.sas) append("reqid " + std::to_string(reqid.value));
    }
    return "answers leave by the tunnel of their question: " + text;
}

} // namespace linkspan::nft
