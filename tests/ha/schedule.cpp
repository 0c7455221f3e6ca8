#include "tests/ha/schedule.h"

#include "tests/ha/chance.h"

#include <cstdio>

namespace linkspan::ha::model {
namespace {

constexpr int storm = 44; ///< units of faults
constexpr int calm = 60;  ///< units after which one must be active

Machine& machine(World& world, int node)
{
    return world.machines[static_cast<std::size_t>(node)];
}

int any_node(Chance& chance)
{
    return static_cast<int>(chance.below(2));
}

bool is_lossy(const Weather& weather, int to)
{
    return to == 0 ? weather.loss_to_first : weather.loss_to_second;
}

/// Each heartbeat comes, comes twice, stays on its way, or is lost.
void carry(World& world, const Weather& weather, Chance& chance, std::uint64_t loss)
{
    for (std::size_t i = 0; i < world.wire.size();) {
        const auto before = world.wire.size();
        if (is_waiting(world, world.wire[i].to)) {
            ++i;
            continue;
        }
        if (is_lossy(weather, world.wire[i].to)) {
            if (chance.percent(loss)) {
                lose(world, i);
                continue;
            }
            if (chance.percent(20)) {
                ++i; // late, and overtaken by the next
                continue;
            }
            if (chance.percent(10)) {
                deliver(world, i++, true);
                continue;
            }
        }
        deliver(world, i);
        if (world.wire.size() >= before + 8) break; // answers to answers wait for the next unit
    }
}

void consult(World& world, const Weather& weather, Chance& chance, std::uint64_t failing)
{
    for (auto n = world.questions.size(); n > 0 && !world.questions.empty(); --n) {
        if (weather.arbiter_fails && chance.percent(failing))
            lose_question(world, 0);
        else if (!weather.arbiter_fails || chance.percent(80))
            ask(world, 0);
    }
    for (auto n = world.replies.size(); n > 0 && !world.replies.empty(); --n) {
        if (weather.arbiter_fails && chance.percent(failing))
            lose_reply(world, 0);
        else if (!weather.arbiter_fails || chance.percent(80))
            answer(world, 0);
    }
}

void strike_machine(World& world, const Weather& weather, Chance& chance)
{
    const int node = any_node(chance);
    auto& m = machine(world, node);
    if (!m.alive) {
        if (chance.percent(30)) power_on(world, node);
    } else if (m.paused) {
        if (chance.percent(25)) resume(world, node);
    } else if (m.frozen) {
        if (chance.percent(25)) thaw(world, node, true);
    } else if (weather.crashes && chance.percent(5)) {
        chance.percent(50) ? crash_agent(world, node) : power_off(world, node);
    } else if (weather.pauses && chance.percent(6)) {
        pause(world, node);
    } else if (weather.freezes && chance.percent(6)) {
        freeze(world, node);
    }
}

void strike(World& world, const Weather& weather, Chance& chance)
{
    const int node = any_node(chance);
    auto& m = machine(world, node);
    if (weather.disks && chance.percent(5)) m.disk_works = !m.disk_works;
    if (weather.hooks && chance.percent(5)) m.addresses_work = !m.addresses_work;
    if (weather.health && chance.percent(5)) give(world, node, HealthChanged{{chance.percent(50), 0}});
    if (weather.commands && chance.percent(5)) give(world, node, Commanded{static_cast<Command>(chance.below(5))});
}

World begin(const Weather& weather, Chance& chance)
{
    Timing timing;
    timing.interval = 2 * unit;
    timing.lost = 4 + static_cast<std::uint32_t>(chance.below(3));
    timing.hold_down = 20 * unit;
    timing.flap_window = 200 * unit;
    timing.patience = 16 * unit;
    auto world = make_world(timing, weather.arbiter);
    world.strict = weather.strict;
    world.all_arrives = !weather.loss_to_first && !weather.loss_to_second;
    const bool preempt = chance.percent(20);
    for (auto& settings : world.settings) settings.preempt = preempt;
    for (int node = 0; node < 2; ++node)
        if (chance.percent(90)) power_on(world, node);
    const auto settled = chance.below(3) * 12; // from cold to a pair that stands
    for (std::uint64_t i = 0; i < settled; ++i) pass_quietly(world);
    return world;
}

void mend(World& world)
{
    for (int node = 0; node < 2; ++node) {
        auto& m = machine(world, node);
        m.disk_works = m.addresses_work = true;
        if (!m.alive) power_on(world, node);
        if (m.paused) resume(world, node);
        if (m.frozen) thaw(world, node, true);
        give(world, node, HealthChanged{{}});
        give(world, node, Commanded{Command::Resume});
    }
}

/// The one that is active; -1: none, or two.
int active_node(const World& world)
{
    if (active_count(world) != 1) return -1;
    return world.machines[0].alive && world.machines[0].state.role == Role::Active ? 0 : 1;
}

/// A person moves the addresses to and fro, more often than the flap limit would let a gateway. Where the preferred one
/// takes them back by itself meanwhile, that is counted.
void switch_about(World& world, bool tell)
{
    for (int i = 0; i < 8 && world.violation.empty(); ++i) {
        pass_quietly(world); // the standby has heard who is active
        const int before = active_node(world);
        if (before < 0) return;
        give(world, i % 2 == 0 ? before : 1 - before, Commanded{Command::Switchover});
        for (int wait = 0; wait < 8 && active_node(world) != 1 - before; ++wait) pass_quietly(world);
        if (tell) std::printf("switch %d %s %s\n", i, picture(world).c_str(), world.violation.c_str());
    }
}

/// Afterwards the active one dies, and is followed as soon as it ever would be.
std::string crash_after_switchovers(World& world, bool tell)
{
    for (int node = 0; node < 2; ++node) give(world, node, Commanded{Command::Resume});
    for (auto& settings : world.settings)
        if (!settings.preempt) settings.timing.hold_down = 400 * unit; // beyond whatever this may take
    switch_about(world, tell);
    const int dead = active_node(world);
    if (!world.violation.empty() || world.settings[0].preempt || dead < 0) return world.violation;
    const auto detect = world.settings[0].timing.detect() / unit;
    for (int i = 0; i < detect + 2; ++i)
        pass_quietly(world); // an arbiter's record is as old as it is in a pair that stands
    if (active_node(world) != dead) return "not active any more after switchovers: " + picture(world);
    power_off(world, dead);
    for (int i = 0; i < detect + 4 && active_node(world) < 0; ++i) pass_quietly(world);
    if (tell) std::printf("died %s %s\n", picture(world).c_str(), world.violation.c_str());
    if (!world.violation.empty()) return world.violation;
    return active_node(world) == 1 - dead ? "" : "switchovers delay what follows a crash: " + picture(world);
}

std::uint64_t last_tenure(const World& world)
{
    return std::max(world.machines[0].taken, world.machines[1].taken).value;
}

/// What moves the addresses outside fails for both: after a person's switchover each has its chance, one tenure, and that is all.
std::string fail_on_both(World& world, bool tell)
{
    for (int node = 0; node < 2; ++node) {
        give(world, node, Commanded{Command::Resume});
        machine(world, node).addresses_work = false;
    }
    const int active = active_node(world);
    if (active < 0) return world.violation;
    const auto before = last_tenure(world);
    give(world, active, Commanded{Command::Switchover});
    for (int i = 0; i < 160 && world.violation.empty(); ++i) {
        pass_quietly(world);
        if (tell) std::printf("fails on both %3d %s %s\n", i, picture(world).c_str(), world.violation.c_str());
    }
    const auto tenures = last_tenure(world) - before; // one more where the preferred one takes its chance by itself
    if (!world.violation.empty() || tenures == 2 || (world.settings[0].preempt && tenures == 3)) return world.violation;
    return "where both fail outside, tenure " + std::to_string(before) + " is followed by: " + picture(world);
}

} // namespace

std::string run_schedule(const Weather& weather, std::uint64_t seed, bool tell)
{
    Chance chance{seed};
    auto world = begin(weather, chance);
    const auto loss = 10 + chance.below(80);
    const auto failing = chance.below(90);
    for (int i = 0; i < storm && world.violation.empty(); ++i) {
        pass(world);
        strike_machine(world, weather, chance);
        strike(world, weather, chance);
        carry(world, weather, chance, loss);
        consult(world, weather, chance, failing);
        if (tell) std::printf("%3d %s %s\n", i, picture(world).c_str(), world.violation.c_str());
    }
    if (!world.violation.empty()) return world.violation;
    mend(world);
    for (int i = 0; i < calm && world.violation.empty(); ++i) {
        pass_quietly(world);
        if (tell) std::printf("calm %3d %s %s\n", i, picture(world).c_str(), world.violation.c_str());
    }
    if (!world.violation.empty()) return world.violation;
    for (int i = 0; i < 8 && active_count(world) != 1; ++i) pass_quietly(world); // in the midst of a preemption
    if (active_count(world) != 1) return "not one active after the calm: " + picture(world);
    return seed % 8 == 0 ? fail_on_both(world, tell) : crash_after_switchovers(world, tell);
}

std::vector<Weather> climates()
{
    const Weather all{.pauses = true, .crashes = true, .disks = true, .hooks = true, .health = true, .commands = true};
    std::vector<Weather> list;
    const auto add = [&](std::string name, auto change) {
        auto weather = all;
        weather.name = std::move(name);
        change(weather);
        list.push_back(std::move(weather));
    };
    add("arbiter, every way lossy",
        [](Weather& w) { w.arbiter = w.arbiter_fails = w.loss_to_first = w.loss_to_second = true; });
    add("arbiter alone fails", [](Weather& w) { w.arbiter = w.arbiter_fails = true; });
    add("no arbiter, nothing lost", [](Weather&) {});
    add("no arbiter, partitions", [](Weather& w) {
        w.loss_to_first = w.loss_to_second = true;
        w.strict = false;
    });
    add("frozen machines", [](Weather& w) {
        w.arbiter = w.freezes = true;
        w.strict = false;
    });
    return list;
}

} // namespace linkspan::ha::model
