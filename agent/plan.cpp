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

/// Wanted tunnel links whose name somebody else's link has.
std::set<LinkName> taken_names(const Desired& desired, const vti::Observed& links)
{
    std::set<LinkName> taken;
    for (const auto& [name, spec] : desired.links)
        if (const auto found = links.find(name); found != links.end() && !found->second.ours) taken.insert(name);
    return taken;
}

/// What may be put on links: nothing of ours goes onto a foreign one, whatever its name.
template <typename Spec>
std::vector<Spec> without(std::vector<Spec> specs, const std::set<LinkName>& taken)
{
    std::erase_if(specs, [&](const Spec& spec) { return taken.contains(spec.link); });
    return specs;
}

void collect_routes(const Desired& desired, const Observed& observed, Planned& planned)
{
    const auto taken = taken_names(desired, *observed.links);
    const auto collect_specs = [&](const auto& specs) {
        if (taken.empty()) return collect(route::plan(specs, *observed.routes), Room::Routes, planned);
        const auto allowed = without(specs, taken);
        collect(route::plan(allowed, *observed.routes), Room::Routes, planned);
    };
    collect_specs(desired.addresses);
    collect_specs(desired.routes);
}

void collect_ike(const Desired& desired, const Observed& observed, const ike::Ledger& ledger, const IkeOrders& orders,
                 Planned& planned)
{
    for (auto& op : ike::plan({desired.ike, orders.initiate, orders.end}, ledger, *observed.ike))
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

/// A CHILD_SA this young (seconds) may have been installed after the kernel was read.
constexpr std::uint64_t settled_age = 5;

bool is_in_kernel(const std::vector<xfrm::ObservedState>& states, const IpAddress& destination, Spi spi)
{
    return std::ranges::binary_search(states, xfrm::StateKey{destination, spi}, {}, &xfrm::ObservedState::key);
}

/// True for an SA that charon takes for installed and the kernel does not have: somebody flushed or deleted it. charon
/// never finds out, and refuses to negotiate what it believes to have, so nothing would pass until the next rekeying.
bool is_phantom(const ike::IkeSa& sa, const ike::ChildSa& child, const std::vector<xfrm::ObservedState>& states)
{
    return child.state == ike::ChildState::Installed && child.age >= settled_age && is_ours(child.reqid) &&
           !(is_in_kernel(states, sa.local, child.spi_in) && is_in_kernel(states, sa.remote, child.spi_out));
}

/// An IKE_SA with one child goes as a whole; of several, those that still work stay.
void end_phantoms(const ike::IkeSa& sa, const std::vector<xfrm::ObservedState>& states, Planned& planned)
{
    for (const auto& child : sa.children) {
        if (!is_phantom(sa, child, states)) continue;
        const auto child_id = sa.children.size() == 1 ? 0 : child.unique_id;
        planned.steps.push_back(step_of(ike::Op{ike::Terminate{sa.connection, sa.unique_id, child_id}}));
    }
}

void collect_states(const Desired& desired, const Observed& observed, Planned& planned)
{
    for (const auto& sa : observed.ike->sas) end_phantoms(sa, *observed.states, planned);
    for (auto& state : xfrm::plan_states(*observed.states, state_facts(desired, observed)))
        planned.steps.push_back(step_of(DropState{std::move(state)}));
}

} // namespace

Planned plan(const Desired& desired, const Observed& observed, const ike::Ledger& ledger, const IkeOrders& orders)
{
    Planned planned;
    if (observed.links) collect(vti::plan(desired.links, *observed.links), Room::Links, planned);
    if (observed.links && observed.routes) collect_routes(desired, observed, planned);
    if (observed.policies) collect(xfrm::plan(desired.policies, *observed.policies), Room::Policies, planned);
    if (observed.clamp) collect(nft::plan(desired.nft, *observed.clamp), Room::Clamp, planned);
    if (observed.ike) collect_ike(desired, observed, ledger, orders, planned);
    if (observed.ike && observed.states) collect_states(desired, observed, planned);
    std::ranges::stable_sort(planned.steps, {}, &Step::phase);
    return planned;
}

} // namespace linkspan::agent
