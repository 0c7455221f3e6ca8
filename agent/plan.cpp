#include "agent/plan.h"

#include "agent/charon_here.h"
#include "agent/hazards.h"
#include "nft/egress_plan.h"
#include "nft/nat_plan.h"
#include "nft/paths_plan.h"
#include "nft/plan.h"
#include "nft/rules_plan.h"
#include "route/plan.h"
#include "vti/plan.h"
#include "xfrm/plan.h"

#include <algorithm>

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
    collect(route::plan(desired.rules, *observed.routes), Room::Routes, planned);
}

/// What an edit ends is ended once charon knows the edit: the next packet makes the kernel ask for an SA at once, and charon
/// would make it as the file was before.
void collect_ike(const Desired& desired, const Observed& observed, const ike::Ledger& ledger, const IkeOrders& orders,
                 Planned& planned)
{
    std::set<ConnectionName> told;
    for (auto& op : ike::plan({desired.ike, orders.initiate, orders.end}, ledger, *observed.ike)) {
        if (std::holds_alternative<ike::Load>(op)) told.insert(ike::connection_of(op));
        const bool ends = std::holds_alternative<ike::Terminate>(op);
        planned.steps.push_back(step_of(std::move(op)));
        auto& step = planned.steps.back();
        if (ends && told.contains(step.connection)) step.phase = Phase::Ike;
    }
}

xfrm::StateFacts state_facts(const Desired& desired, const Observed& observed)
{
    xfrm::StateFacts facts{.ended = desired.ended, .now = observed.at};
    for (const auto& [key, policy] : desired.policies)
        if (policy.protect) facts.configured.insert(policy.protect->reqid);
    for (const auto& [name, spec] : desired.ike) // those of a backup in policy mode have no policies while they wait
        for (const auto& child : spec.children) facts.configured.insert(child.reqid);
    for (const auto& [key, state] : desired.states) facts.established.insert(state.reqid); // those of IKE may go
    facts.known = listed(observed.ike->sas);
    for (const auto& sa : observed.ike->sas)
        for (const auto& child : sa.children)
            if (child.state == ike::ChildState::Installed) facts.established.insert(child.reqid);
    return facts;
}

void collect_states(const Desired& desired, const Observed& observed, Planned& planned)
{
    for (auto& order : phantoms(observed.ike->sas, *observed.states, observed.apart))
        planned.steps.push_back(step_of(ike::Op{std::move(order)}));
    for (auto& state : xfrm::plan_states(*observed.states, state_facts(desired, observed)))
        planned.steps.push_back(step_of(DropState{std::move(state)}));
}

/// The pair's thread alone puts shared addresses on links and takes them away.
bool is_shared(const Step& step, const Desired& desired)
{
    const auto* op = std::get_if<Op<route::AddressSpec>>(&step.change);
    return op && std::ranges::any_of(desired.shared, [&](const route::AddressSpec& shared) {
               return shared.link == op->spec.link && shared.address == op->spec.address;
           });
}

/// True for what begins, ends or reorders SAs. On a standby they are copies of the active gateway's.
bool moves_sas(const Step& step)
{
    if (std::holds_alternative<DropState>(step.change) || std::holds_alternative<RankState>(step.change)) return true;
    const auto* tell = std::get_if<TellCharon>(&step.change);
    return tell &&
           (std::holds_alternative<ike::Terminate>(*tell->op) || std::holds_alternative<ike::Initiate>(*tell->op));
}

bool is_of_the_plugin(const Step& step, const Desired& desired)
{
    static const ConnectionName plugins{std::string{plugins_connection}};
    const auto* tell = std::get_if<TellCharon>(&step.change);
    return tell && !desired.shared.empty() && std::holds_alternative<ike::Terminate>(*tell->op) &&
           std::get<ike::Terminate>(*tell->op).name == plugins && !desired.ike.contains(plugins);
}

} // namespace

Planned plan(const Desired& desired, const Observed& observed, const ike::Ledger& ledger, const IkeOrders& orders)
{
    Planned planned;
    if (observed.links) collect(vti::plan(desired.links, *observed.links), Room::Links, planned);
    if (observed.links && observed.routes) collect_routes(desired, observed, planned);
    if (observed.policies) collect(xfrm::plan(desired.policies, *observed.policies), Room::Policies, planned);
    if (observed.clamp) collect(nft::plan(desired.nft, *observed.clamp), Room::Clamp, planned);
    if (observed.nat) collect(nft::plan(desired.nat, *observed.nat), Room::Nat, planned);
    if (observed.paths) collect(nft::plan(desired.paths, *observed.paths), Room::Paths, planned);
    if (observed.egress) collect(nft::plan(desired.egress, *observed.egress), Room::Egress, planned);
    if (observed.nat_rules) collect(nft::plan(desired.nat_rules, *observed.nat_rules), Room::NatRules, planned);
    if (observed.states)
        collect(xfrm::plan_static(desired.states, *observed.states, observed.counters), Room::Ike, planned);
    if (observed.ike) collect_ike(desired, observed, ledger, orders, planned);
    if (observed.ike && observed.states) collect_states(desired, observed, planned);
    for (const auto& order : orders.rank) planned.steps.push_back(step_of(Change{order}));
    std::erase_if(planned.steps, [&](const Step& step) {
        return is_shared(step, desired) || is_of_the_plugin(step, desired) || (desired.passive && moves_sas(step));
    });
    if (desired.passive && observed.ike && observed.states)
        for (auto& order : void_copies(observed.ike->sas, *observed.states, observed.apart, orders.told))
            planned.steps.push_back(step_of(ike::Op{std::move(order)}));
    if (desired.passive)
        for (const auto& order : orders.half_copied) planned.steps.push_back(step_of(ike::Op{order}));
    std::ranges::stable_sort(planned.steps, {}, &Step::phase);
    return planned;
}

} // namespace linkspan::agent
