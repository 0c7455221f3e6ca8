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
    return {};
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
