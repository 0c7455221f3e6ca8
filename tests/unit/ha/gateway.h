#pragma once

#include "ha/describe.h"
#include "ha/step.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

namespace linkspan::ha {

using namespace std::chrono_literals;

inline constexpr Monotonic begin{1h};

/// One gateway, given what its peer would say.
struct Gateway {
    Settings settings = {};
    State state = {};
    Actions actions = {};
    Monotonic now = begin;

    explicit Gateway(Node self = Node::First, Epoch persisted = {})
    {
        settings.self = self;
        take(start(settings, 7, persisted, false, now));
    }
    void take(Step step)
    {
        state = std::move(step.state);
        actions = std::move(step.actions);
    }
    void give(const Event& event) { take(step(settings, std::move(state), event, now)); }
    void wait(std::chrono::nanoseconds time)
    {
        Actions all;
        for (const auto end = now + time; now < end;) {
            now += settings.timing.tick();
            give(Tick{});
            std::ranges::copy(actions, std::back_inserter(all));
        }
        actions = std::move(all);
    }
    /// A heartbeat that has heard our last one.
    [[nodiscard]] Heartbeat word(Role role, Epoch epoch) const
    {
        Heartbeat beat;
        beat.node = other(settings.self);
        beat.role = role;
        beat.epoch = epoch;
        beat.boot = 9;
        beat.sent = now;
        beat.echo_boot = 7;
        beat.echo = state.sent;
        beat.eligible = role == Role::Standby;
        return beat;
    }
    void hear(Role role, Epoch epoch) { give(Heard{0, word(role, epoch)}); }
    template <typename T>
    [[nodiscard]] const T* find() const
    {
        for (const auto& action : actions)
            if (const auto* found = std::get_if<T>(&action)) return found;
        return nullptr;
    }
    template <typename T>
    [[nodiscard]] std::ptrdiff_t place() const
    {
        return std::ranges::find_if(actions, [](const Action& a) { return std::holds_alternative<T>(a); }) -
               actions.begin();
    }
    [[nodiscard]] bool said(Cause cause) const
    {
        return std::ranges::any_of(actions, [&](const Action& action) {
            const auto* note = std::get_if<Note>(&action);
            return note && note->cause == cause;
        });
    }
    void become_active()
    {
        wait(settings.timing.detect());
        ASSERT_EQ(state.role, Role::Claim);
        give(EpochPersisted{state.claim.epoch});
        ASSERT_EQ(state.role, Role::Active);
    }
};

} // namespace linkspan::ha
