#pragma once

#include "ha/step.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace linkspan::ha::model {

/// Two gateways, the ways between them, their disks, their kernels' fences and an arbiter, in units of Timing::tick().
/// A plain value: exploration copies it, schedules go through one.

inline constexpr std::chrono::nanoseconds unit = std::chrono::milliseconds{50};

struct Message {
    int to = 0;
    Heartbeat beat = {};
    int age = 0; ///< units
    bool operator==(const Message&) const = default;
};

struct Question {
    int from = 0;
    std::uint64_t request = 0;
    ArbiterRequest what = {};
    bool operator==(const Question&) const = default;
};

struct Reply {
    int to = 0;
    ArbiterAnswer answer = {};
    bool operator==(const Reply&) const = default;
};

struct Machine {
    State state = {};
    bool alive = false;
    bool paused = false; ///< the agent stands still, the kernel goes on
    bool frozen = false; ///< both stand still, and so does their clock
    bool disk_works = true;
    bool addresses_work = true;
    bool charon_works = true;
    Epoch disk = {};
    std::chrono::nanoseconds fence{};  ///< it lets through for so much longer
    std::chrono::nanoseconds behind{}; ///< its clock, after it was frozen
    Epoch taken = {};                  ///< of the last TakeAddresses
    std::uint64_t taken_boot = 0;
    bool maintenance = false;               ///< kept by the agent
    Monotonic resumed = {};                 ///< it goes on since then
    bool preempting = false;                ///< its wish to be active is its own, as it said
    std::vector<Monotonic> own_claims = {}; ///< that no person asked for, since its start or Resume
    bool operator==(const Machine&) const = default;
};

struct World {
    std::array<Settings, 2> settings{};
    std::array<Machine, 2> machines{};
    std::vector<Message> wire = {};
    std::vector<Question> questions = {};
    std::vector<Reply> replies = {};
    ArbiterRecord arbiter = {};
    Monotonic now = Monotonic{std::chrono::hours{1}};
    std::uint64_t boots = 0;
    std::size_t most_messages = 8; ///< on the wire for one gateway; an older one is lost
    bool strict = true;            ///< two may never emit at once
    bool all_arrives = false;      ///< nobody is ever deaf, and nobody may be taken for it
    std::string violation = {};    ///< the first

    bool operator==(const World&) const = default;
};

/// Two gateways that are off.
[[nodiscard]] World make_world(const Timing& timing, bool arbiter);

void power_on(World& world, int node);
void crash_agent(World& world, int node); ///< the kernel goes on until the fence is down
void power_off(World& world, int node);
void pause(World& world, int node);
void resume(World& world, int node); ///< whatever waited comes at once
void freeze(World& world, int node);
void thaw(World& world, int node, bool noticed);
void give(World& world, int node, const Event& event);

void deliver(World& world, std::size_t message, bool keep = false); ///< `keep`: it will come once more
void lose(World& world, std::size_t message);
void ask(World& world, std::size_t question); ///< it reaches the arbiter, the answer is on its way
void answer(World& world, std::size_t reply);
void lose_question(World& world, std::size_t question); ///< the asker is told that nobody was reached
void lose_reply(World& world, std::size_t reply);       ///< likewise

/// One unit passes; both gateways get their tick.
void pass(World& world);
/// One unit in which everything arrives.
void pass_quietly(World& world);

/// What it is sent waits in its socket.
[[nodiscard]] bool is_waiting(const World& world, int node);
[[nodiscard]] bool emits(const World& world, int node);
[[nodiscard]] int active_count(const World& world);
/// For people: what both are doing.
[[nodiscard]] std::string picture(const World& world);

} // namespace linkspan::ha::model
