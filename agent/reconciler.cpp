#include "agent/reconciler.h"

#include "agent/charon_here.h"
#include "agent/compile.h"
#include "agent/compile_ike.h"
#include "agent/gather.h"

#include <algorithm>
#include <iterator>
#include <unordered_set>
#include <utility>

namespace linkspan::agent {
namespace {

/// Effects can uncover work (a replaced link has lost its routes), but not endlessly: what is left after this many
/// rounds waits for its back-off.
constexpr int max_rounds = 5;

/// When to look again at a negotiation that is still under way: charon says nothing when one ends without a tunnel.
constexpr auto recheck = std::chrono::seconds{5};

/// When to look again at SAs that stand beside each other, or of which there were too many at once.
constexpr auto rerank = std::chrono::seconds{5};

const char* name_of(Room room)
{
    switch (room) {
    case Room::Links: return "links";
    case Room::Routes: return "routes and addresses";
    case Room::Policies: return "XFRM policies";
    case Room::Clamp: return "nftables";
    case Room::Nat: return "nftables of mapped NAT";
    case Room::Paths: return "nftables of answers";
    case Room::Egress: return "nftables of egress";
    case Room::NatRules: return "nftables of the rules of mapped NAT";
    case Room::Ike: return "charon";
    }
    return "?";
}

Subject subject_of(const Step& step)
{
    return {step.connection, step.object, static_cast<Rooms>(room_of(step.change))};
}

/// The rooms name the object in their errors; where the object is said anyway, the rest is enough.
std::string reason_of(const Error& error, const std::string& object)
{
    const auto at = error.what.find(object + ": ");
    return at == std::string::npos ? error.what : error.what.substr(at + object.size() + 2);
}

bool has_installed_child(const ike::SaView& sas, const ConnectionName& name, std::string_view child)
{
    return std::ranges::any_of(sas, [&](const ike::IkeSa& sa) {
        return sa.connection == name && std::ranges::any_of(sa.children, [&](const ike::ChildSa& candidate) {
                   return candidate.name == child && is_up(candidate);
               });
    });
}

std::set<Reqid> children_to_keep_up(const Desired& desired)
{
    std::set<Reqid> children;
    for (const auto& name : desired.keep_up)
        for (const auto& child : desired.ike.at(name).children) children.insert(child.reqid);
    return children;
}

/// Children whose traffic waits in the kernel for an SA: an ACQUIRE was sent. charon may have missed it (it was not
/// running, or had not been told of the connection), and the kernel asks only once in a while.
std::set<Reqid> reqids_with_larval_sa(const std::vector<xfrm::ObservedState>& states)
{
    std::set<Reqid> waiting;
    for (const auto& state : states)
        if (state.larval) waiting.insert(state.reqid);
    return waiting;
}

} // namespace

/// What is remembered during one reconciliation.
struct Reconciler::Run {
    Rooms rooms = 0;
    bool patient = true;
    std::unordered_set<std::string> tried = {};  ///< objects an effect was tried on
    std::unordered_set<std::string> failed = {}; ///< ... and failed, with the reason already noted
    Outcome outcome = {};
};

Reconciler::Reconciler(World& world, Clock clock, Observer observer)
    : world_(world), clock_(std::move(clock)), observer_(std::move(observer))
{
}

void Reconciler::load(config::Config config, std::map<ConnectionName, SecretFact> secrets)
{
    (void)fill_peers(facts_.peers, config);
    if (config_) take_over_peers(*config_, config);
    config_ = std::move(config);
    facts_.secrets = std::move(secrets);
    initiations_ = {};
    stale_ = true;
}

void Reconciler::tell_peers(KnownPeers peers)
{
    if (peers == facts_.peers) return;
    facts_.peers = std::move(peers);
    if (config_ && fill_peers(facts_.peers, *config_)) moved_ = true;
    stale_ = true;
}

void Reconciler::hold(std::set<ConnectionName> held)
{
    facts_.held_down = std::move(held);
    stale_ = true;
}

void Reconciler::tell_pair(PairRole role)
{
    stale_ |= facts_.pair != role;
    facts_.pair = role;
}

void Reconciler::request_restart(const ConnectionName& name)
{
    for (const auto& sa : sas_)
        if (sa.connection == name) ending_.insert(sa.unique_id);
    request_up(name);
}

Outcome Reconciler::reconcile(Rooms rooms, bool patient)
{
    if (!config_) return {};
    ++rounds_;
    Run run{.rooms = rooms, .patient = patient};
    auto observed = world_.observe(rooms);
    if (observed.policies && recall_peers(*observed.policies, *config_)) stale_ = true;
    const bool called = observed.ike && locate_callers(observed.ike->sas, *config_);
    const bool moved = std::exchange(moved_, false) || called;
    if (moved) stale_ = true;
    if ((learn_failover(observed) || moved) && rooms != all_rooms) {
        run.rooms = all_rooms; // routes and policies follow at once
        observed = world_.observe(all_rooms);
    }
    learn_world(observed);
    Planned planned;
    for (int round = 0; round <= max_rounds; ++round) {
        learn_charon(observed);
        planned = plan(desired_, observed, world_.ledger(),
                       {may_initiate(patient), to_replace(), to_rank(observed), told_,
                        connecting_.half_copied(sas_, clock_.now())});
        if (round == max_rounds) break;
        auto steps = choose(planned.steps, run);
        if (steps.empty()) break;
        perform(observed, std::move(steps), run);
    }
    settle(observed, planned, run);
    return std::move(run.outcome);
}

Planned Reconciler::preview(const config::Config& config, std::map<ConnectionName, SecretFact> secrets)
{
    const auto observed = world_.observe(all_rooms);
    auto facts = facts_;
    facts.secrets = std::move(secrets);
    auto filled = config;
    (void)fill_peers(facts.peers, filled);
    if (config_) take_over_peers(*config_, filled);
    (void)gather(filled, observed, facts);
    (void)learn_expiries(filled, clock_.wall(), facts);
    const auto desired = compile(filled, facts);
    return plan(desired, observed, world_.ledger(), {to_begin(desired), {}, {}});
}

/// Children to keep up that nothing has been begun for yet: what waits for its next attempt is as it should be.
std::set<Reqid> Reconciler::to_begin(const Desired& desired) const
{
    auto children = children_to_keep_up(desired);
    for (const auto& name : desired.keep_up) {
        const auto& spec = desired.ike.at(name);
        const auto known = desired_.ike.find(name);
        if (known == desired_.ike.end() || known->second != spec) continue;
        for (const auto& child : spec.children)
            if (initiations_.contains(negotiation_of(name, child.name))) children.erase(child.reqid);
    }
    return children;
}

/// Turns what was seen into facts, and facts that are new into a new Desired. Once a look: our own effects do not change
/// what is foreign.
void Reconciler::learn_world(const Observed& observed)
{
    if (gather(*config_, observed, facts_)) stale_ = true;
    if (learn_expiries(*config_, clock_.wall(), facts_)) stale_ = true;
    if (!stale_) return;
    desired_ = {}; // first, so that two of them are never held at once
    desired_ = compile(*config_, facts_);
    stale_ = false;
    followed_ = false;
}

void Reconciler::learn_charon(const Observed& observed)
{
    charon_is_new_ = observed.ike && (ike_error_ || ike_version_.empty());
    if (observed.ike) {
        sas_ = observed.ike->sas;
        connecting_.see(sas_, clock_.now());
        pace_.see(sas_, clock_.now());
        rivals_ = rivals(desired_.ike, sas_);
        superfluous_.see(rivals_, sas_, clock_.now());
        ike_version_ = observed.ike->version;
        ike_error_.reset();
        std::erase_if(ending_,
                      [&](auto id) { return std::ranges::find(sas_, id, &ike::IkeSa::unique_id) == sas_.end(); });
    }
    if (observed.states) {
        waiting_traffic_ = reqids_with_larval_sa(*observed.states);
        sa_errors_ = errors_by_sa(*observed.states);
        static_sas_ = *observed.states;
        std::erase_if(static_sas_, [](const xfrm::ObservedState& state) { return !state.is_static; });
    }
    for (const auto& blind : observed.blind) {
        if (blind.room != Room::Ike) continue;
        ike_error_ = blind.error;
        sas_.clear();
        ending_.clear();
    }
}

/// Children that may be initiated at this look. What there is no room for is begun as others come up.
std::set<Reqid> Reconciler::may_initiate(bool patient) const
{
    std::set<Reqid> allowed;
    auto room = pace_.room();
    for (const auto& [name, spec] : desired_.ike) {
        if (spec.remote.is_unspecified()) continue; // it calls us
        const bool kept_up = desired_.keep_up.contains(name);
        const bool at_once = requested_.contains(name) || (kept_up && !patient);
        const bool begun = std::ranges::binary_search(sas_, name, {}, &ike::IkeSa::connection);
        bool has_place = begun || requested_.contains(name);
        for (const auto& child : spec.children) {
            const bool wanted = kept_up || (spec.trap && waiting_traffic_.contains(child.reqid));
            const auto due = [&] {
                return initiations_.empty() || initiations_.due(negotiation_of(name, child.name), clock_.now());
            };
            if (!at_once && !(wanted && due())) continue;
            if (!has_place && room == 0) break;
            if (!std::exchange(has_place, true)) --room;
            allowed.insert(child.reqid);
        }
    }
    return allowed;
}

std::map<std::uint64_t, std::string> Reconciler::to_replace() const
{
    auto ends = connecting_.stuck(clock_.now());
    ends.merge(superfluous_.quiet(clock_.now()));
    for (const auto id : ending_) ends.emplace(id, "");
    return ends;
}

/// Charon tells what is whose, the kernel what is there.
std::vector<RankState> Reconciler::to_rank(const Observed& observed)
{
    if (!observed.ike || !observed.states) return {};
    auto ranking = rank_outbound(desired_.ike, observed.ike->sas, *observed.states, rivals_, observed.at);
    const bool replaced =
        std::ranges::any_of(observed.ike->sas, ike::is_replaced); // what it gave away may not be seen yet
    rank_due_ = ranking.unfinished || replaced || superfluous_.waits() ? clock_.now() + rerank : Monotonic::max();
    return std::move(ranking.orders);
}

/// True where there is nothing left to negotiate.
bool Reconciler::is_negotiated(const Subject& subject) const
{
    const auto spec = desired_.ike.find(subject.connection);
    if (spec == desired_.ike.end()) return true;
    return std::ranges::none_of(spec->second.children, [&](const ike::ChildSpec& child) {
        return negotiation_of(subject.connection, child.name) == subject.object &&
               !has_installed_child(sas_, subject.connection, child.name);
    });
}

/// Takes the steps of this round out of the plan: not what was tried in this run already, not what has to wait.
std::vector<Step> Reconciler::choose(std::vector<Step>& planned, const Run& run) const
{
    const auto now = clock_.now();
    const auto waits = [&](const Step& step) {
        return run.tried.contains(step.object) || (run.patient && !troubles_.due(step.object, now));
    };
    const auto chosen = std::ranges::stable_partition(planned, waits);
    std::vector<Step> steps{std::make_move_iterator(chosen.begin()), std::make_move_iterator(chosen.end())};
    planned.erase(chosen.begin(), chosen.end());
    return steps;
}

void Reconciler::perform(Observed& observed, std::vector<Step> steps, Run& run)
{
    const auto results = world_.apply(steps);
    world_.refresh(observed, steps);
    for (std::size_t i = 0; i < steps.size(); ++i) {
        auto& step = steps[i];
        run.tried.insert(step.object);
        if (results[i]) {
            succeeded(std::move(step), run);
            continue;
        }
        run.failed.insert(step.object);
        auto error = results[i].error();
        error.what = reason_of(error, step.object);
        const bool news = troubles_.add(subject_of(step), error.what, clock_.now(), clock_.wall());
        if (news && observer_.failed) observer_.failed(step, error);
    }
}

void Reconciler::succeeded(Step step, Run& run)
{
    if (is_upkeep(step)) {
        if (observer_.done) observer_.done(step, false);
        return;
    }
    if (!is_adoption(step)) ++writes_;
    const bool trigger = is_trigger(step);
    if (is_initiation(step)) pace_.begin();
    if (trigger) initiations_.add(subject_of(step), "negotiating", clock_.now(), clock_.wall());
    const bool expected = trigger || (charon_is_new_ && room_of(step.change) == Room::Ike);
    const auto* order = mending_order(step);
    if (order) connecting_.ordered(order->ike_id);
    const bool repair = followed_ && (order || (!expected && !troubles_.contains(step.object)));
    run.outcome.repaired |= repair;
    if (observer_.done) observer_.done(step, repair);
    run.outcome.done.push_back(std::move(step));
}

void Reconciler::note(const Subject& subject, const std::string& why)
{
    if (troubles_.add(subject, why, clock_.now(), clock_.wall()) && observer_.troubled)
        observer_.troubled(subject, why);
}

/// What is still missing becomes trouble with a back-off; trouble that is gone is forgotten.
void Reconciler::settle(const Observed& observed, const Planned& residual, Run& run)
{
    std::unordered_set<std::string> open;
    for (const auto& step : residual.steps) {
        if (is_trigger(step) || (is_upkeep(step) && !run.failed.contains(step.object))) continue;
        open.insert(step.object);
        if (run.tried.contains(step.object) && !run.failed.contains(step.object))
            note(subject_of(step), "it was written, but reading it back shows something else");
    }
    const auto stays = [&](const Subject& subject, const std::string& why) {
        open.insert(subject.object);
        if (!troubles_.contains(subject.object) || troubles_.due(subject.object, clock_.now())) note(subject, why);
    };
    for (const auto& [room, conflict] : residual.obstacles)
        stays({conflict.connection, conflict.object, static_cast<Rooms>(room)},
              "in its place stands " + conflict.holder);
    for (const auto& problem : desired_.problems) stays({problem.connection, problem.object, 0}, problem.why);
    for (const auto& blind : observed.blind)
        stays({{}, name_of(blind.room), static_cast<Rooms>(blind.room)}, "cannot be read: " + blind.error.what);

    const auto over = troubles_.resolve_where([&](const Subject& subject) {
        return !open.contains(subject.object) && (subject.rooms == 0 || (subject.rooms & run.rooms) != 0);
    });
    for (const auto& subject : over)
        if (observer_.resolved) observer_.resolved(subject);
    (void)initiations_.resolve_where([&](const Subject& subject) { return is_negotiated(subject); });
    initiations_.postpone_overdue(clock_.now(), recheck);
    if (observed.ike) requested_.clear();
    if (has(run.rooms, Room::Ike)) charon_here_ = desired_.passive ? agent::charon_here(observed) : ha::CharonHere{};
    run.outcome.in_sync = open.empty();
    if (run.rooms == all_rooms) followed_ = true;
}

Reconciler::Due Reconciler::next_due() const
{
    const auto due = std::min(troubles_.next_due(), initiations_.next_due());
    return rank_due_ < due ? Due{rank_due_, static_cast<Rooms>(Room::Ike)} : Due{due, all_rooms};
}

} // namespace linkspan::agent
