#include "tests/ha/explore.h"

#include <algorithm>
#include <functional>
#include <unordered_set>

namespace linkspan::ha::model {
namespace {

struct Place {
    World world;
    int faults = 0;
    std::uint32_t parent = 0;
    std::string what = {};
};

/// FNV-1a over the values that matter, instants as distances from now: two worlds that only differ in the time of day
/// have one print. 64 bit: of 10^7 worlds, two fall together with a probability below 10^-5.
class Print {
public:
    void add(std::uint64_t value)
    {
        for (int i = 0; i < 8; ++i) hash_ = (hash_ ^ (value >> (8 * i) & 0xff)) * 0x100'0000'01b3;
    }
    void add(Monotonic at, Monotonic now)
    {
        const auto age = at == Monotonic{} ? std::chrono::nanoseconds::max() : now - at;
        add(static_cast<std::uint64_t>(age.count()));
    }
    /// What is older than anything that is compared with it.
    void add_old(Monotonic at, Monotonic now, std::chrono::nanoseconds limit)
    {
        if (at != Monotonic{} && now - at > limit)
            add(~std::uint64_t{1});
        else
            add(at, now);
    }
    [[nodiscard]] std::uint64_t value() const { return hash_; }

private:
    std::uint64_t hash_ = 0xcbf2'9ce4'8422'2325;
};

void print_beat(Print& print, const World& world, const Heartbeat& beat)
{
    const auto& receiver = world.machines[beat.node == Node::First ? 1 : 0];
    print.add(static_cast<std::uint64_t>(beat.role) << 32 | beat.eligible | beat.hand_over << 1 | beat.wants << 2);
    print.add(beat.epoch.value);
    print.add(beat.boot);
    print.add(beat.echo_boot);
    print.add(beat.sent, world.now);
    print.add_old(beat.echo, world.now, world.settings[0].timing.detect() * 2);
    print.add(receiver.alive);
}

void print_machine(Print& print, const World& world, const Machine& m)
{
    const auto now = world.now;
    const auto old = world.settings[0].timing.detect() * 2;
    const auto& s = m.state;
    print.add(std::uint64_t{m.alive} | m.paused << 1 | m.frozen << 2 | s.maintenance << 3 | s.hand_over << 4 |
              s.wants << 5 | s.conflict << 6 | s.limited << 7 | s.vote.open << 8 | s.peer.present << 9 |
              s.preempts << 10);
    print.add(static_cast<std::uint64_t>(s.role) << 16 | static_cast<std::uint64_t>(s.after_release) << 8 |
              static_cast<std::uint64_t>(s.claim.phase));
    for (const auto epoch :
         {s.epoch, s.known, s.on_disk, s.remembering, s.renewing, s.claim.epoch, s.claim.last, m.disk, m.taken})
        print.add(epoch.value);
    print.add(static_cast<std::uint64_t>(m.fence.count()));
    print.add(s.boot);
    print_beat(print, world, s.peer.beat);
    for (const auto at :
         {s.peer.heard, s.peer.certain, s.peer.acked, s.listening, s.stepped, s.woke, s.sent, s.released, s.armed,
          s.claim.since, s.claim.clear, s.vote.seen, s.vote.answered, s.vote.asked, s.vote.granted})
        print.add_old(at, now, old);
    print.add(s.vote.record.epoch.value);
    print.add(s.vote.record.revision);
}

std::uint64_t print_of(const World& world, int faults)
{
    Print print;
    print.add(static_cast<std::uint64_t>(faults));
    for (const auto& m : world.machines) print_machine(print, world, m);
    print.add(world.wire.size());
    for (const auto& message : world.wire) {
        print.add(static_cast<std::uint64_t>(message.to));
        print_beat(print, world, message.beat);
    }
    for (const auto& q : world.questions) print.add(static_cast<std::uint64_t>(q.from) << 32 | q.what.index());
    for (const auto& r : world.replies)
        print.add(static_cast<std::uint64_t>(r.to) << 32 | static_cast<std::uint64_t>(r.answer.verdict));
    print.add(world.arbiter.epoch.value);
    print.add(world.arbiter.revision);
    return print.value();
}

using Reached = std::function<void(World, int faults, std::string what)>;

/// Every outcome for the messages on the wire, one after the other.
void deliver_all(const Journey& journey, World world, std::size_t at, int faults, std::string what,
                 const Reached& reached)
{
    if (!world.violation.empty()) return reached(std::move(world), faults, std::move(what));
    while (at < world.wire.size() && is_waiting(world, world.wire[at].to)) ++at;
    if (at >= world.wire.size()) return reached(std::move(world), faults, std::move(what));
    const int to = world.wire[at].to;
    auto comes = world;
    deliver(comes, at);
    deliver_all(journey, std::move(comes), at, faults, what, reached);
    if (!journey.lossy[to]) return;
    auto lost = world;
    lose(lost, at);
    deliver_all(journey, std::move(lost), at, faults, what + " lost to " + std::to_string(to), reached);
    if (world.wire[at].age > 2) return; // late for longer is lost, and came before is twice
    deliver_all(journey, std::move(world), at + 1, faults, what + " late to " + std::to_string(to), reached);
}

void consult_all(const Journey& journey, World world, int faults, std::string what, const Reached& reached)
{
    if (journey.arbiter_fails && !world.questions.empty() && faults < journey.faults) {
        auto failed = world;
        lose_question(failed, 0);
        consult_all(journey, std::move(failed), faults + 1, what + " question lost", reached);
    }
    while (!world.questions.empty()) ask(world, 0);
    if (journey.arbiter_fails && !world.replies.empty() && faults < journey.faults) {
        auto failed = world;
        lose_reply(failed, 0);
        consult_all(journey, std::move(failed), faults + 1, what + " answer lost", reached);
        auto late = world; // the answer comes a unit later
        reached(std::move(late), faults + 1, what + " answer late");
    }
    while (!world.replies.empty()) answer(world, 0);
    reached(std::move(world), faults, std::move(what));
}

void strike_all(const Journey& journey, const World& world, int faults, const Reached& reached)
{
    reached(world, faults, "");
    for (int node = 0; node < 2; ++node) {
        const auto& m = world.machines[static_cast<std::size_t>(node)];
        const auto name = " of " + std::to_string(node);
        const auto with = [&](auto change, int cost, const std::string& what) {
            auto changed = world;
            change(changed, node);
            reached(std::move(changed), faults + cost, what + name);
        };
        if (!m.alive) {
            with(power_on, 0, " start");
        } else if (m.paused) {
            with(resume, 0, " resume");
        } else if (faults < journey.faults) {
            if (journey.pauses) with(pause, 1, " pause");
            if (journey.crashes) with(crash_agent, 1, " crash");
        }
    }
}

/// One unit of time and all that may happen in it.
void expand(const Journey& journey, const World& world, int faults, const Reached& reached)
{
    strike_all(journey, world, faults, [&](World struck, int f, std::string what) {
        pass(struck);
        consult_all(journey, std::move(struck), f, std::move(what), [&](World consulted, int g, std::string said) {
            deliver_all(journey, std::move(consulted), 0, g, std::move(said), reached);
        });
    });
}

std::vector<std::string> path_to(const std::vector<std::pair<std::uint32_t, std::string>>& trail, std::uint32_t last)
{
    std::vector<std::string> path;
    for (auto at = last; at != 0; at = trail[at].first) path.push_back(trail[at].second);
    std::ranges::reverse(path);
    return path;
}

} // namespace

Findings explore(const Journey& journey)
{
    Findings findings;
    std::unordered_set<std::uint64_t> seen{print_of(journey.start, 0)};
    std::vector<std::pair<std::uint32_t, std::string>> trail{{0, ""}};
    std::vector<Place> front{{journey.start, 0, 0, ""}};
    for (int unit_no = 0; unit_no < journey.depth && findings.violation.empty() && !front.empty(); ++unit_no) {
        std::vector<Place> next;
        for (const auto& node : front) {
            expand(journey, node.world, node.faults, [&](World world, int faults, std::string what) {
                if (!findings.violation.empty()) return;
                if (world.violation.empty() && !seen.insert(print_of(world, faults)).second) return;
                trail.emplace_back(node.parent, what + " | " + picture(world));
                const auto index = static_cast<std::uint32_t>(trail.size() - 1);
                findings.violation = world.violation;
                if (!findings.violation.empty()) findings.path = path_to(trail, index);
                next.push_back({std::move(world), faults, index, {}});
            });
            if (!findings.violation.empty()) break;
        }
        front = std::move(next);
    }
    findings.worlds = seen.size();
    return findings;
}

namespace {

/// A pair that stands: the first active, the second ready.
World standing_pair(bool arbiter)
{
    Timing timing;
    timing.interval = 2 * unit;
    timing.lost = 4;
    timing.hold_down = 40 * unit;
    timing.flap_window = 200 * unit;
    timing.patience = 12 * unit;
    auto world = make_world(timing, arbiter);
    world.most_messages = 2;
    power_on(world, 0);
    power_on(world, 1);
    for (int i = 0; i < 16; ++i) pass_quietly(world);
    return world;
}

/// The same after some time in which neither heard the other: half of what is left to happen comes soon.
World cut_pair(World world, int units)
{
    for (int i = 0; i < units; ++i) {
        pass(world);
        while (!world.questions.empty()) ask(world, 0);
        while (!world.replies.empty()) answer(world, 0);
        world.wire.clear();
    }
    return world;
}

} // namespace

std::vector<Journey> journeys(int size)
{
    const int more = size > 1 ? 4 : 0;
    std::vector<Journey> list;
    for (const bool arbiter : {false, true}) {
        const std::string with = arbiter ? "arbiter, " : "no arbiter, ";
        const auto pair = standing_pair(arbiter);
        list.push_back({with + "what is sent to the standby gets lost", pair, 12 + more, {false, true}});
        list.push_back({with + "what is sent to the active gets lost", pair, 12 + more, {true, false}});
        list.push_back({.name = with + "pauses", .start = pair, .depth = 14 + more, .pauses = true, .faults = 2});
        list.push_back({.name = with + "crashes", .start = pair, .depth = 14 + more, .crashes = true, .faults = 2});
    }
    const int depth = size > 1 ? 9 : 7;
    const auto cut = cut_pair(standing_pair(true), 4);
    list.push_back({"arbiter, all is lost and it fails", cut, depth, {true, true}, false, false, true, 1});
    list.push_back({"arbiter, all is lost, pauses", cut, depth, {true, true}, true, false, false, 1});
    auto asked = standing_pair(true);
    give(asked, 0, Commanded{Command::Switchover});
    list.push_back({"arbiter, a switchover, all is lost, crashes", asked, depth, {true, true}, false, true, false, 1});
    return list;
}

} // namespace linkspan::ha::model
