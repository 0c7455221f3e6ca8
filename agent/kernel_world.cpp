#include "agent/kernel_world.h"

#include "agent/charon_here.h"
#include "agent/forwarding.h"
#include "ike/apply.h"
#include "nft/apply.h"
#include "nft/nat_apply.h"
#include "nft/rules_apply.h"
#include "route/apply.h"
#include "service/journal.h"
#include "vti/apply.h"
#include "xfrm/apply.h"

#include <algorithm>
#include <ctime>
#include <linux/netlink.h>

namespace linkspan::agent {
namespace {

/// For an answer of a charon that has answered before. To give up on one that is only busy is to load all of it again.
constexpr std::chrono::seconds patience{20};

/// The Ops of one type out of a run of Steps, in order.
template <typename T>
std::vector<T> changes_of(std::span<const Step> run)
{
    std::vector<T> changes;
    changes.reserve(run.size());
    for (const auto& step : run) changes.push_back(std::get<T>(step.change));
    return changes;
}

/// Steps of one type and one phase stand together after sorting, and go to the kernel together.
std::span<const Step> first_run(std::span<const Step> steps)
{
    const auto end = std::ranges::find_if(steps, [&](const Step& step) {
        return step.phase != steps.front().phase || step.change.index() != steps.front().change.index();
    });
    return {steps.begin(), end};
}

/// What has to be read again after some steps.
struct Touched {
    Rooms rooms = 0;
    std::vector<LinkName> links = {};
    std::vector<LinkName> route_links = {}; ///< a link's routes and addresses go when it goes, or goes down
    std::vector<route::RouteKey> fallbacks = {};
    std::vector<xfrm::PolicyKey> policies = {};
    bool rules = false;
};

Touched touched_by(std::span<const Step> steps)
{
    Touched touched;
    for (const auto& step : steps) {
        if (is_upkeep(step)) continue; // nothing follows from it
        touched.rooms |= static_cast<Rooms>(room_of(step.change));
        if (const auto* op = std::get_if<Op<vti::Spec>>(&step.change)) {
            touched.links.push_back(op->spec.name);
            if (op->verb != Verb::Create) touched.route_links.push_back(op->spec.name);
        }
        if (const auto* op = std::get_if<Op<route::AddressSpec>>(&step.change))
            touched.route_links.push_back(op->spec.link);
        if (const auto* op = std::get_if<Op<route::RouteSpec>>(&step.change)) {
            if (op->spec.type == route::RouteType::Unreachable)
                touched.fallbacks.push_back(route::key_of(op->spec));
            else
                touched.route_links.push_back(op->spec.link);
            if (op->before && !op->before->link.value.empty()) touched.route_links.push_back(op->before->link);
        }
        if (std::holds_alternative<Op<route::RuleSpec>>(step.change)) touched.rules = true;
        if (const auto* op = std::get_if<Op<xfrm::PolicySpec>>(&step.change)) touched.policies.push_back(op->spec.key);
    }
    for (auto* names : {&touched.links, &touched.route_links}) {
        std::ranges::sort(*names);
        names->erase(std::ranges::unique(*names).begin(), names->end());
    }
    return touched;
}

/// What could not be read again is not known: nothing more is planned for it, and the next look is a whole one.
template <typename Value>
void forget_unless(const Result<>& refreshed, std::optional<Value>& value)
{
    if (!refreshed) value.reset();
}

template <typename Value>
void keep(Result<Value> result, Room room, std::optional<Value>& into, Observed& observed)
{
    if (result) {
        into = std::move(*result);
        return;
    }
    into.reset();
    observed.blind.push_back({room, std::move(result).error()});
}

/// A dump that changed under our hands is read again, a few times: on a busy machine one of them is whole.
template <typename Look>
auto patiently(Look look)
{
    auto result = look();
    for (int attempt = 0; attempt < 5 && !result && result.error().kind == Kind::Overrun; ++attempt) result = look();
    return result;
}

} // namespace

KernelWorld::KernelWorld(netlink::Socket rtnl, netlink::Socket xfrm, netlink::Socket netfilter, std::string ike_socket)
    : rtnl_(std::move(rtnl)), xfrm_(std::move(xfrm)), netfilter_(std::move(netfilter)),
      ike_socket_(std::move(ike_socket))
{
}

Result<KernelWorld> KernelWorld::open(std::string ike_socket)
{
    auto rtnl = netlink::Socket::open(NETLINK_ROUTE);
    TRY(rtnl);
    auto xfrm = netlink::Socket::open(NETLINK_XFRM);
    TRY(xfrm);
    auto netfilter = netlink::Socket::open(NETLINK_NETFILTER);
    TRY(netfilter);
    return KernelWorld{std::move(*rtnl), std::move(*xfrm), std::move(*netfilter), std::move(ike_socket)};
}

void KernelWorld::use_ike_socket(std::string path)
{
    if (path == ike_socket_) return;
    ike_socket_ = std::move(path);
    client_.reset();
    ledger_.clear();
}

Observed KernelWorld::observe(Rooms rooms)
{
    Observed seen{.at = static_cast<std::uint64_t>(std::time(nullptr))};
    if (has(rooms, Room::Links)) keep(patiently([&] { return vti::observe(rtnl_); }), Room::Links, seen.links, seen);
    if (seen.links) seen.forwarding = read_forwarding();
    if (has(rooms, Room::Routes))
        keep(patiently([&] { return route::observe(rtnl_); }), Room::Routes, seen.routes, seen);
    if (has(rooms, Room::Policies))
        keep(patiently([&] { return xfrm::observe_policies(xfrm_); }), Room::Policies, seen.policies, seen);
    if (has(rooms, Room::Clamp)) keep(clamp_.observe(), Room::Clamp, seen.clamp, seen);
    if (has(rooms, Room::Nat)) keep(nat_.observe(), Room::Nat, seen.nat, seen);
    if (has(rooms, Room::Paths)) keep(paths_.observe(), Room::Paths, seen.paths, seen);
    if (has(rooms, Room::Egress)) keep(patiently([&] { return egress_.observe(); }), Room::Egress, seen.egress, seen);
    if (has(rooms, Room::NatRules)) keep(rules_.observe(), Room::NatRules, seen.nat_rules, seen);
    if (has(rooms, Room::Ike)) look_at_states(seen);
    if (has(rooms, Room::Ike)) look_at_charon(seen);
    return seen;
}

/// The SAs of the kernel first, then charon's: one that appears in between is known to charon and not taken for a stray.
void KernelWorld::look_at_states(Observed& seen)
{
    states_read_ = std::chrono::steady_clock::now();
    keep(patiently([&] { return xfrm::observe_states(xfrm_); }), Room::Ike, seen.states, seen);
    if (seen.states)
        if (const auto kept = counters_.note(*seen.states); !kept) // tried again at the next look
            service::log(
                {.level = service::Entry::Level::Warning, .message = kept.error().what, .sys = kept.error().sys});
    seen.counters = counters_.known();
}

void KernelWorld::look_at_charon(Observed& seen)
{
    if (ike_socket_.empty()) return;
    if (auto connection = connect(); !connection) {
        seen.blind.push_back({Room::Ike, std::move(connection).error()});
        return;
    }
    keep(ike::observe(*client_), Room::Ike, seen.ike, seen);
    seen.apart = std::chrono::ceil<std::chrono::seconds>(std::chrono::steady_clock::now() - states_read_);
    if (seen.ike && seen.states && has_unlisted(*seen.states, seen.ike->sas))
        if (const auto now = patiently([&] { return xfrm::observe_states(xfrm_); }))
            forget_ended(*seen.states, seen.ike->sas, *now);
    if (!client_->connected()) ledger_.clear();
}

Result<> KernelWorld::connect()
{
    if (connected()) return {};
    ledger_.clear();
    auto client = ike::Client::connect(ike_socket_);
    TRY(client);
    client_ = std::move(*client);
    client_->be_patient(patience);
    return {};
}

void KernelWorld::refresh(Observed& seen, std::span<const Step> steps)
{
    const auto touched = touched_by(steps);
    if (seen.links && !touched.links.empty())
        forget_unless(vti::refresh(rtnl_, *seen.links, touched.links), seen.links);
    if (seen.policies && !touched.policies.empty())
        forget_unless(xfrm::refresh_policies(xfrm_, *seen.policies, touched.policies), seen.policies);
    if (seen.routes && (!touched.route_links.empty() || !touched.fallbacks.empty() || touched.rules))
        forget_unless(route::refresh(rtnl_, *seen.routes, {touched.route_links, touched.fallbacks}), seen.routes);
    if (seen.clamp && has(touched.rooms, Room::Clamp)) keep(clamp_.observe(), Room::Clamp, seen.clamp, seen);
    if (seen.nat && has(touched.rooms, Room::Nat)) keep(nat_.observe(), Room::Nat, seen.nat, seen);
    if (seen.paths && has(touched.rooms, Room::Paths)) keep(paths_.observe(), Room::Paths, seen.paths, seen);
    if (seen.egress && has(touched.rooms, Room::Egress))
        keep(patiently([&] { return egress_.observe(); }), Room::Egress, seen.egress, seen);
    if (seen.nat_rules && has(touched.rooms, Room::NatRules))
        keep(rules_.observe(), Room::NatRules, seen.nat_rules, seen);
    if (seen.states && has(touched.rooms, Room::Ike)) look_at_states(seen);
    if (seen.ike && has(touched.rooms, Room::Ike)) look_at_charon(seen);
}

std::vector<Result<>> KernelWorld::apply(std::span<const Step> steps)
{
    std::vector<Result<>> results;
    results.reserve(steps.size());
    while (results.size() < steps.size()) apply_run(first_run(steps.subspan(results.size())), results);
    return results;
}

void KernelWorld::apply_run(std::span<const Step> run, std::vector<Result<>>& results)
{
    const auto take = [&](std::vector<Result<>> more) {
        for (auto& result : more) results.push_back(std::move(result));
    };
    const auto& first = run.front().change;
    if (std::holds_alternative<Op<vti::Spec>>(first))
        return take(vti::apply_all(rtnl_, changes_of<Op<vti::Spec>>(run)));
    if (std::holds_alternative<Op<route::AddressSpec>>(first))
        return take(route::apply_all(rtnl_, changes_of<Op<route::AddressSpec>>(run)));
    if (std::holds_alternative<Op<route::RouteSpec>>(first))
        return take(route::apply_all(rtnl_, changes_of<Op<route::RouteSpec>>(run)));
    if (std::holds_alternative<Op<xfrm::PolicySpec>>(first))
        return take(xfrm::apply_all(xfrm_, changes_of<Op<xfrm::PolicySpec>>(run)));
    if (std::holds_alternative<TellCharon>(first)) return take(apply_ike(run));
    for (const auto& step : run) {
        if (const auto* clamp = std::get_if<Op<nft::Spec>>(&step.change)) results.push_back(nft::apply(*clamp));
        if (const auto* nat = std::get_if<Op<nft::NatTable>>(&step.change))
            results.push_back(nft::apply(netfilter_, *nat));
        if (const auto* paths = std::get_if<Op<nft::Paths>>(&step.change)) results.push_back(nft::apply(*paths));
        if (const auto* rule = std::get_if<Op<route::RuleSpec>>(&step.change))
            results.push_back(route::apply(rtnl_, *rule));
        if (const auto* egress = std::get_if<Op<nft::EgressTable>>(&step.change))
            results.push_back(nft::apply(netfilter_, *egress, move_pins_));
        if (const auto* rules = std::get_if<Op<nft::RulesTable>>(&step.change)) results.push_back(nft::apply(*rules));
        if (const auto* drop = std::get_if<DropState>(&step.change))
            results.push_back(xfrm::delete_state(xfrm_, drop->state));
        if (const auto* order = std::get_if<RankState>(&step.change))
            results.push_back(xfrm::rank_state(xfrm_, order->state, order->rank));
        if (const auto* state = std::get_if<Op<xfrm::StateSpec>>(&step.change)) results.push_back(apply_state(*state));
    }
}

/// The numbers it may use are written down before it uses the first.
Result<> KernelWorld::apply_state(const Op<xfrm::StateSpec>& op)
{
    if (op.verb != Verb::Delete) TRY(counters_.reserve(op.spec));
    return xfrm::apply(xfrm_, op);
}

std::vector<Result<>> KernelWorld::apply_ike(std::span<const Step> run)
{
    if (!connected()) return {run.size(), Result<>{failure(Kind::Disconnected, "the connection to charon broke")}};
    std::vector<const ike::Op*> ops;
    for (const auto& step : run) ops.push_back(&*std::get<TellCharon>(step.change).op);
    auto results = ike::apply_all(*client_, ops, ledger_);
    if (!client_->connected()) ledger_.clear();
    return results;
}

} // namespace linkspan::agent
