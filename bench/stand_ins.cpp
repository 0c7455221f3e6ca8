#include "bench/stand_ins.h"

#include <algorithm>

namespace linkspan::bench {
namespace {

bool is_link(const agent::Step& step)
{
    return std::holds_alternative<Op<vti::Spec>>(step.change);
}

} // namespace

agent::Observed StandIns::observe(agent::Rooms rooms)
{
    auto observed = kernel_.observe(rooms);
    disguise(observed);
    return observed;
}

void StandIns::refresh(agent::Observed& observed, std::span<const agent::Step> steps)
{
    kernel_.refresh(observed, steps);
    if (std::ranges::any_of(steps, is_link)) disguise(observed);
}

/// Steps of one kind stand together (agent/step.h: Phase), so few runs go to the kernel.
std::vector<Result<>> StandIns::apply(std::span<const agent::Step> steps)
{
    std::vector<Result<>> results;
    results.reserve(steps.size());
    while (results.size() < steps.size()) {
        const auto rest = steps.subspan(results.size());
        const bool link = is_link(rest.front());
        const auto end = std::ranges::find_if(rest, [&](const agent::Step& step) { return is_link(step) != link; });
        const std::span run{rest.begin(), end};
        if (!link) {
            std::ranges::move(kernel_.apply(run), std::back_inserter(results));
            continue;
        }
        for (const auto& step : run) {
            const auto& op = std::get<Op<vti::Spec>>(step.change);
            if (op.verb == Verb::Delete)
                links_.erase(op.spec.name);
            else
                links_.insert_or_assign(op.spec.name, op.spec);
            results.emplace_back();
        }
    }
    return results;
}

void StandIns::disguise(agent::Observed& observed) const
{
    if (!observed.links) return;
    std::erase_if(*observed.links,
                  [&](const auto& entry) { return entry.second.kind == "ifb" && !links_.contains(entry.first); });
    for (const auto& [name, spec] : links_) {
        const auto link = observed.links->find(name);
        if (link == observed.links->end()) continue;
        link->second.ours = true;
        link->second.tunnel = spec;
    }
}

} // namespace linkspan::bench
