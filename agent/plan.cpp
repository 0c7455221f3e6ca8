#include "agent/plan.h"

#include "nft/plan.h"
#include "route/plan.h"
#include "vti/plan.h"
#include "xfrm/plan.h"

#include <algorithm>
#include <chrono>

namespace linkspan::agent {
namespace {

template <typename Spec>
void collect(Plan<Spec>&& part, Room room, Planned& planned)
{
    for (auto& op : part.ops) planned.steps.push_back(step_of(std::move(op)));
    for (auto& conflict : part.conflicts) planned.obstacles.push_back({room, std::move(conflict)});
}

void collect_ike(const Desired& desired, const Observed& observed, const ike::Ledger& ledger,
                 const std::set<ConnectionName>& initiate, Planned& planned)
{
    for (auto& op : ike::plan({desired.ike, initiate}, ledger, *observed.ike))
        planned.steps.push_back(step_of(std::move(op)));
}

xfrm::StateFacts state_facts(const Desired& desired, const Observed& observed)
{
    xfrm::StateFacts facts{.now = observed.at};
    for (const auto& [key, policy] : desired.policies)
        if (policy.protect) facts.configured.insert(policy.protect->reqid);
    for (const auto& sa : observed.ike->sas) {
        for (const auto& child : sa.children) {
            facts.known.insert({sa.local, child.spi_in});
            facts.known.insert({sa.remote, child.spi_out});
            if (child.state == ike::ChildState::Installed) facts.established.insert(child.reqid);
        }
    }
    return facts;
}

} // namespace

Planned plan(const Desired& desired, const Observed& observed, const ike::Ledger& ledger,
             const std::set<ConnectionName>& initiate)
{
    Planned planned;
    if (observed.links) collect(vti::plan(desired.links, *observed.links), Room::Links, planned);
    if (observed.routes) {
        collect(route::plan(desired.addresses, *observed.routes), Room::Routes, planned);
        collect(route::plan(desired.routes, *observed.routes), Room::Routes, planned);
    }
    if (observed.policies) collect(xfrm::plan(desired.policies, *observed.policies), Room::Policies, planned);
    if (observed.clamp) collect(nft::plan(desired.nft, *observed.clamp), Room::Clamp, planned);
    if (observed.ike) collect_ike(desired, observed, ledger, initiate, planned);
    if (observed.ike && observed.states)
        for (auto& state : xfrm::plan_states(*observed.states, state_facts(desired, observed)))
            planned.steps.push_back(step_of(DropState{std::move(state)}));
    std::ranges::stable_sort(planned.steps, {}, &Step::phase);
    return planned;
}

} // namespace linkspan::agent
