#include "agent/step.h"

#include "ike/describe.h"
#include "nft/describe.h"
#include "nft/egress_plan.h"
#include "nft/nat_plan.h"
#include "nft/paths_plan.h"
#include "nft/rules_plan.h"
#include "route/describe.h"
#include "vti/describe.h"
#include "xfrm/describe.h"

namespace linkspan::agent {
namespace {

template <typename... Fs>
struct Overloaded : Fs... {
    using Fs::operator()...;
};

std::string word_for(Verb verb)
{
    switch (verb) {
    case Verb::Create: return "create";
    case Verb::Update: return "update";
    case Verb::Replace: return "replace";
    case Verb::Delete: return "delete";
    }
    return "?";
}

Phase phase_of_policy(const Op<xfrm::PolicySpec>& op)
{
    const bool block = op.spec.key.role == xfrm::Role::Block;
    if (op.verb == Verb::Delete) return block ? Phase::BlockOut : Phase::ProtectOut;
    return block ? Phase::Block : Phase::Protect;
}

Phase phase_of_route(const Op<route::RouteSpec>& op)
{
    const bool fallback = op.spec.type == route::RouteType::Unreachable;
    if (op.verb == Verb::Delete) return fallback ? Phase::FallbackOut : Phase::RouteOut;
    return fallback ? Phase::Fallback : Phase::Route;
}

Phase phase_of_ike(const ike::Op& op)
{
    if (std::holds_alternative<ike::Forget>(op)) return Phase::IkeForget;
    const bool stops = std::holds_alternative<ike::Unload>(op) || std::holds_alternative<ike::Terminate>(op);
    return stops ? Phase::IkeStop : Phase::Ike;
}

ConnectionName connection_of(const Change& change)
{
    return std::visit(Overloaded{
                          [](const Op<nft::Spec>&) { return ConnectionName{}; },
                          [](const Op<nft::NatTable>&) { return ConnectionName{}; },
                          [](const Op<nft::Paths>&) { return ConnectionName{}; },
                          [](const Op<route::RuleSpec>&) { return ConnectionName{}; },
                          [](const Op<nft::EgressTable>&) { return ConnectionName{}; },
                          [](const Op<nft::RulesTable>&) { return ConnectionName{}; },
                          [](const DropState&) { return ConnectionName{}; },
                          [](const RankState& order) { return order.connection; },
                          [](const TellCharon& tell) { return ike::connection_of(*tell.op); },
                          [](const auto& op) { return op.spec.connection; },
                      },
                      change);
}

std::string object_of(const Change& change)
{
    return std::visit(Overloaded{
                          [](const Op<xfrm::PolicySpec>& op) { return xfrm::describe(op.spec.key); },
                          [](const DropState& drop) { return xfrm::describe(drop.state.key); },
                          [](const RankState& order) { return xfrm::describe(order.state.key); },
                          [](const TellCharon& tell) {
                              const auto* initiate = std::get_if<ike::Initiate>(tell.op.get());
                              return initiate ? negotiation_of(initiate->name, initiate->child)
                                              : ike::object_of(*tell.op);
                          },
                          [](const auto& op) { return describe(op.spec); },
                      },
                      change);
}

} // namespace

Phase phase_of(const Change& change)
{
    return std::visit(
        Overloaded{
            [](const Op<vti::Spec>& op) { return op.verb == Verb::Delete ? Phase::LinkOut : Phase::Link; },
            [](const Op<route::AddressSpec>& op) {
                return op.verb == Verb::Delete ? Phase::AddressOut : Phase::Address;
            },
            [](const Op<route::RouteSpec>& op) { return phase_of_route(op); },
            [](const Op<route::RuleSpec>& op) { return op.verb == Verb::Delete ? Phase::RouteOut : Phase::Route; },
            [](const Op<xfrm::PolicySpec>& op) { return phase_of_policy(op); },
            [](const Op<xfrm::StateSpec>& op) { return op.verb == Verb::Delete ? Phase::StateOut : Phase::State; },
            [](const Op<nft::Spec>&) { return Phase::Clamp; },
            [](const Op<nft::NatTable>&) { return Phase::Clamp; },
            [](const Op<nft::Paths>&) { return Phase::Clamp; },
            [](const Op<nft::EgressTable>&) { return Phase::Clamp; },
            [](const Op<nft::RulesTable>&) { return Phase::Clamp; },
            [](const DropState&) { return Phase::StateOut; },
            [](const RankState&) { return Phase::StateRank; },
            [](const TellCharon& tell) { return phase_of_ike(*tell.op); },
        },
        change);
}

Room room_of(const Change& change)
{
    return std::visit(Overloaded{
                          [](const Op<vti::Spec>&) { return Room::Links; },
                          [](const Op<xfrm::PolicySpec>&) { return Room::Policies; },
                          [](const Op<nft::Spec>&) { return Room::Clamp; },
                          [](const Op<nft::NatTable>&) { return Room::Nat; },
                          [](const Op<nft::Paths>&) { return Room::Paths; },
                          [](const Op<nft::EgressTable>&) { return Room::Egress; },
                          [](const Op<nft::RulesTable>&) { return Room::NatRules; },
                          [](const Op<xfrm::StateSpec>&) { return Room::Ike; },
                          [](const DropState&) { return Room::Ike; },
                          [](const RankState&) { return Room::Ike; },
                          [](const TellCharon&) { return Room::Ike; },
                          [](const auto&) { return Room::Routes; },
                      },
                      change);
}

Step step_of(Change change)
{
    Step step{.phase = phase_of(change), .connection = connection_of(change), .object = object_of(change)};
    step.change = std::move(change);
    return step;
}

Step step_of(ike::Op op)
{
    return step_of(Change{TellCharon{std::make_shared<const ike::Op>(std::move(op))}});
}

std::string verb_of(const Step& step)
{
    return std::visit(Overloaded{
                          [](const DropState&) { return std::string{"delete"}; },
                          [](const RankState&) { return std::string{"rank"}; },
                          [](const TellCharon& tell) { return std::string{ike::verb_of(*tell.op)}; },
                          [](const auto& op) { return word_for(op.verb); },
                      },
                      step.change);
}

std::string detail_of(const Step& step)
{
    return std::visit(Overloaded{
                          [](const DropState&) { return std::string{"no IKE daemon knows it"}; },
                          [](const RankState& order) {
                              return std::string{order.rank == xfrm::Rank::First ? "it carries until it is renewed"
                                                                                 : "a newer one carries"};
                          },
                          [](const TellCharon& tell) { return ike::detail_of(*tell.op); },
                          [](const auto& op) { return detail(op); },
                      },
                      step.change);
}

std::string describe(const Step& step)
{
    const auto detail = detail_of(step);
    return verb_of(step) + " " + step.object + (detail.empty() ? "" : " (" + detail + ")");
}

std::string negotiation_of(const ConnectionName& name, std::string_view child)
{
    std::string object = "IKE negotiation " + name.value;
    if (child != name.value) object.append(" child ").append(child);
    return object;
}

bool is_adoption(const Step& step)
{
    const auto* tell = std::get_if<TellCharon>(&step.change);
    const auto* load = tell ? std::get_if<ike::Load>(tell->op.get()) : nullptr;
    return load && load->adopts;
}

bool is_upkeep(const Step& step)
{
    return std::holds_alternative<RankState>(step.change);
}

const ike::Terminate* mending_order(const Step& step)
{
    const auto* tell = std::get_if<TellCharon>(&step.change);
    const auto* terminate = tell ? std::get_if<ike::Terminate>(tell->op.get()) : nullptr;
    return terminate && !terminate->why.empty() ? terminate : nullptr;
}

bool is_initiation(const Step& step)
{
    const auto* tell = std::get_if<TellCharon>(&step.change);
    return tell && std::holds_alternative<ike::Initiate>(*tell->op);
}

bool is_trigger(const Step& step)
{
    const auto* tell = std::get_if<TellCharon>(&step.change);
    return is_initiation(step) || (tell && std::holds_alternative<ike::Terminate>(*tell->op));
}

} // namespace linkspan::agent
