#include "tests/ha/world.h"

#include "ha/describe.h"

#include <algorithm>

namespace linkspan::ha::model {
namespace {

Monotonic clock_of(const World& world, int node)
{
    return world.now - world.machines[static_cast<std::size_t>(node)].behind;
}

Machine& machine(World& world, int node)
{
    return world.machines[static_cast<std::size_t>(node)];
}

bool runs(const Machine& m)
{
    return m.alive && !m.paused && !m.frozen;
}

void accuse(World& world, const std::string& what)
{
    if (world.violation.empty()) world.violation = what;
}

void post(World& world, int from, const Heartbeat& beat)
{
    const int to = 1 - from;
    const auto mine = [&](const Message& m) { return m.to == to; };
    if (static_cast<std::size_t>(std::ranges::count_if(world.wire, mine)) >= world.most_messages)
        world.wire.erase(std::ranges::find_if(world.wire, mine));
    world.wire.push_back({to, beat, 0});
}

void check_arm(World& world, int node, const ArmFence& arm)
{
    const auto& m = machine(world, node);
    if (m.state.role != Role::Active) accuse(world, "a fence is armed by a gateway that is not active");
    if (!m.state.health.fit) accuse(world, "a fence is armed by an unfit gateway");
    if (arm.lifetime > world.settings[static_cast<std::size_t>(node)].timing.fence())
        accuse(world, "a fence is armed for longer than a hung agent may emit");
    if (arm.lifetime <= std::chrono::nanoseconds{0}) accuse(world, "a fence is armed for no time");
    if (m.disk < m.state.epoch) accuse(world, "active with an epoch that is not on disk");
    if (owner_of(m.state.epoch) != world.settings[static_cast<std::size_t>(node)].self)
        accuse(world, "active with an epoch of the other's");
}

void check_take(World& world, int node, Epoch epoch)
{
    auto& m = machine(world, node);
    if (epoch < m.taken) accuse(world, "a hook's epoch goes back");
    if (world.strict && world.settings[0].arbiter && epoch < machine(world, 1 - node).taken)
        accuse(world, "a hook's epoch is below the other's");
    if (epoch == m.taken && m.state.boot != m.taken_boot) accuse(world, "one epoch for two tenures");
    m.taken = epoch;
    m.taken_boot = m.state.boot;
}

/// Who stood still is not deaf; who does so itself cannot tell.
void check_note(World& world, int node, const Note& note)
{
    const bool stood_still = world.now - machine(world, node).resumed < world.settings[0].timing.detect();
    if (world.all_arrives && note.from == Role::Active && note.cause == Cause::PeerDoesNotHear && !stood_still)
        accuse(world, "a peer that hears everything is taken for deaf");
}

/// So many takeovers that no person asked for, and then it waits. It is taken at its word whose wish it was.
void check_flapping(World& world, int node, const Note& note)
{
    auto& m = machine(world, node);
    if (note.cause == Cause::Preempted) m.preempting = true;
    if (note.cause == Cause::PersonAsked || note.cause == Cause::HandOverCalledOff || note.to == Role::Active)
        m.preempting = false;
    if (note.from == note.to || note.to != Role::Claim || (note.cause == Cause::PeerAsked && !m.preempting)) return;
    const auto& timing = world.settings[static_cast<std::size_t>(node)].timing;
    const auto now = clock_of(world, node);
    const auto recent =
        std::ranges::count_if(m.own_claims, [&](Monotonic at) { return now - at < timing.flap_window; });
    if (recent >= timing.flap_limit && now - m.own_claims.back() < timing.hold_down)
        accuse(world, "a gateway claims more often than the flap limit allows");
    m.own_claims.push_back(now);
}

/// Carries one action out; what it is answered with.
std::optional<Event> carry_out(World& world, int node, const Action& action)
{
    auto& m = machine(world, node);
    if (const auto* note = std::get_if<Note>(&action)) {
        check_note(world, node, *note);
        check_flapping(world, node, *note);
    } else if (const auto* send = std::get_if<SendHeartbeat>(&action)) {
        post(world, node, send->beat);
    } else if (const auto* arm = std::get_if<ArmFence>(&action)) {
        check_arm(world, node, *arm);
        m.fence = arm->lifetime;
    } else if (std::holds_alternative<DisarmFence>(action)) {
        m.fence = {};
    } else if (const auto* persist = std::get_if<PersistEpoch>(&action)) {
        if (!m.disk_works) return EpochNotPersisted{persist->epoch};
        m.disk = std::max(m.disk, persist->epoch);
        return EpochPersisted{persist->epoch};
    } else if (const auto* asked = std::get_if<AskArbiter>(&action)) {
        world.questions.push_back({node, asked->request, asked->what});
    } else if (const auto* take = std::get_if<TakeAddresses>(&action)) {
        check_take(world, node, take->epoch);
        if (!m.addresses_work) return AddressesNotTaken{take->epoch};
        return AddressesTaken{take->epoch};
    } else if (const auto* counters = std::get_if<SendCounters>(&action)) {
        if (emits(world, node)) accuse(world, "last counters are read while the gateway may still emit");
        return Released{counters->epoch};
    }
    return {};
}

/// Two at once is what none of this is for. Whoever has heard of a higher claim is mute at once.
void audit(World& world)
{
    if (world.strict && emits(world, 0) && emits(world, 1)) accuse(world, "two gateways emit at once");
    for (int node = 0; node < 2; ++node) {
        const auto& m = machine(world, node);
        if (!runs(m) || !emits(world, node)) continue;
        const auto& beat = m.state.peer.beat;
        if (may_emit(beat.role) && beat.epoch > m.state.epoch)
            accuse(world, "a gateway emits that knows of a higher claim");
    }
}

void carry_out_all(World& world, int node, Step step)
{
    machine(world, node).state = std::move(step.state);
    std::vector<Event> events;
    for (const auto& action : step.actions)
        if (auto event = carry_out(world, node, action)) events.push_back(*event);
    audit(world);
    for (const auto& event : events) give(world, node, event);
}

template <typename T>
T take_out(std::vector<T>& from, std::size_t index)
{
    T taken = std::move(from[index]);
    from.erase(from.begin() + static_cast<std::ptrdiff_t>(index));
    return taken;
}

} // namespace

World make_world(const Timing& timing, bool arbiter)
{
    World world;
    for (int node = 0; node < 2; ++node) {
        auto& settings = world.settings[static_cast<std::size_t>(node)];
        settings.self = node == 0 ? Node::First : Node::Second;
        settings.timing = timing;
        settings.arbiter = arbiter;
        settings.preferred = node == 0;
    }
    return world;
}

void give(World& world, int node, const Event& event)
{
    auto& m = machine(world, node);
    if (!runs(m)) return;
    if (const auto* order = std::get_if<Commanded>(&event); order && order->command == Command::Resume)
        m.own_claims.clear();
    const auto& settings = world.settings[static_cast<std::size_t>(node)];
    carry_out_all(world, node, step(settings, std::move(m.state), event, clock_of(world, node)));
}

void power_on(World& world, int node)
{
    auto& m = machine(world, node);
    m.alive = true;
    m.paused = m.frozen = false;
    const auto& settings = world.settings[static_cast<std::size_t>(node)];
    carry_out_all(world, node, start(settings, ++world.boots, m.disk, m.maintenance, clock_of(world, node)));
}

void crash_agent(World& world, int node)
{
    auto& m = machine(world, node);
    m.alive = m.paused = m.frozen = false;
    m.maintenance = m.state.maintenance;
    m.state = {};
    m.preempting = false;
    m.own_claims.clear();
    std::erase_if(world.questions, [&](const Question& q) { return q.from == node; });
    std::erase_if(world.replies, [&](const Reply& r) { return r.to == node; });
    std::erase_if(world.wire, [&](const Message& w) { return w.to == node; });
}

void power_off(World& world, int node)
{
    crash_agent(world, node);
    machine(world, node).fence = {};
}

void pause(World& world, int node)
{
    machine(world, node).paused = true;
}

void resume(World& world, int node)
{
    machine(world, node).paused = false;
    machine(world, node).resumed = world.now;
}

void freeze(World& world, int node)
{
    machine(world, node).frozen = true;
}

void thaw(World& world, int node, bool noticed)
{
    machine(world, node).frozen = false;
    machine(world, node).resumed = world.now;
    if (noticed) give(world, node, Woke{});
}

void deliver(World& world, std::size_t message, bool keep)
{
    const auto m = keep ? world.wire[message] : take_out(world.wire, message);
    give(world, m.to, Heard{0, m.beat});
}

void lose(World& world, std::size_t message)
{
    take_out(world.wire, message);
}

void ask(World& world, std::size_t question)
{
    const auto q = take_out(world.questions, question);
    ArbiterAnswer reply{q.request, ArbiterVerdict::Read, {}};
    if (const auto* write = std::get_if<WriteRecord>(&q.what)) {
        const bool accepted = write->expected == world.arbiter.revision;
        if (accepted && write->epoch < world.arbiter.epoch) accuse(world, "the arbiter's epoch goes back");
        if (accepted) world.arbiter = {write->epoch, world.arbiter.revision + 1};
        reply.verdict = accepted ? ArbiterVerdict::Written : ArbiterVerdict::Refused;
    }
    reply.record = world.arbiter;
    world.replies.push_back({q.from, reply});
}

void answer(World& world, std::size_t reply)
{
    const auto r = take_out(world.replies, reply);
    give(world, r.to, r.answer);
}

void lose_question(World& world, std::size_t question)
{
    const auto q = take_out(world.questions, question);
    give(world, q.from, ArbiterAnswer{q.request, ArbiterVerdict::Unreachable, {}});
}

void lose_reply(World& world, std::size_t reply)
{
    const auto r = take_out(world.replies, reply);
    give(world, r.to, ArbiterAnswer{r.answer.request, ArbiterVerdict::Unreachable, {}});
}

void pass(World& world)
{
    world.now += unit;
    for (auto& message : world.wire) ++message.age;
    for (auto& m : world.machines) {
        if (m.frozen)
            m.behind += unit;
        else
            m.fence = std::max(m.fence - unit, std::chrono::nanoseconds{0});
    }
    for (int node = 0; node < 2; ++node) give(world, node, Tick{});
}

void pass_quietly(World& world)
{
    pass(world);
    while (!world.questions.empty()) ask(world, 0);
    while (!world.replies.empty()) answer(world, 0);
    for (std::size_t i = 0, n = world.wire.size(); n > 0 && i < world.wire.size(); --n)
        is_waiting(world, world.wire[i].to) ? (void)++i : deliver(world, i);
}

bool is_waiting(const World& world, int node)
{
    const auto& m = world.machines[static_cast<std::size_t>(node)];
    return m.paused || m.frozen;
}

bool emits(const World& world, int node)
{
    return world.machines[static_cast<std::size_t>(node)].fence > std::chrono::nanoseconds{0} &&
           !world.machines[static_cast<std::size_t>(node)].frozen;
}

int active_count(const World& world)
{
    return static_cast<int>(std::ranges::count_if(
        world.machines, [](const Machine& m) { return runs(m) && m.state.role == Role::Active; }));
}

std::string picture(const World& world)
{
    std::string text;
    for (const auto& m : world.machines) {
        text += m.alive ? std::string{word_of(m.state.role)} : "off";
        if (m.paused) text += " (paused)";
        if (m.frozen) text += " (frozen)";
        text += " epoch " + std::to_string(m.state.epoch.value) + " known " + std::to_string(m.state.known.value);
        if (m.fence.count() > 0) text += " emits";
        text += "; ";
    }
    return text + "arbiter epoch " + std::to_string(world.arbiter.epoch.value);
}

} // namespace linkspan::ha::model
