#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "base/handle.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

extern "C" {
struct sd_event;
struct sd_event_source;
struct sd_bus;
sd_event_source* sd_event_source_disable_unref(sd_event_source* source);
sd_event* sd_event_unref(sd_event* event);
}

namespace linkspan::service {

/// When a call is due again that was due at `due` and comes at `now`, in microseconds. The little that the loop was busy for is
/// made up for, or periods would grow by it; what comes half a period late or more is not, for two calls would follow each
/// other at once.
[[nodiscard]] constexpr std::uint64_t due_again(std::uint64_t due, std::uint64_t now, std::uint64_t period)
{
    return due + period >= now + period / 2 ? due + period : now + period;
}

/// The one thread's event loop. Only loop.cpp knows that it is sd-event.
/// A Source is one registration: destroying it ends the registration. Callbacks run on the loop's thread, must not
/// block for long, and may destroy any Source, their own included.
class Loop {
public:
    using Callback = std::move_only_function<void()>;
    enum class Priority { High = -10, Normal = 0, Idle = 100 };

    /// What a registration owns: the callback at a stable address, and sd-event's handle.
    struct Registration;
    struct Release {
        void operator()(Registration* registration) const noexcept;
    };
    using Source = std::unique_ptr<Registration, Release>;

    [[nodiscard]] static Result<Loop> open();

    /// Calls back whenever `fd` is readable (level-triggered). The caller keeps `fd` open longer than the Source.
    [[nodiscard]] Result<Source> on_readable(int fd, Callback callback, Priority priority = Priority::Normal);
    /// Calls back once, `delay` from now.
    [[nodiscard]] Result<Source> after(std::chrono::microseconds delay, Callback callback,
                                       Priority priority = Priority::Normal);
    /// Calls back every `period`, the first time one period from now; see `due_again`.
    [[nodiscard]] Result<Source> every(std::chrono::microseconds period, Callback callback,
                                       Priority priority = Priority::Normal);
    /// Calls back for a signal, which is blocked for the process from here on.
    [[nodiscard]] Result<Source> on_signal(int signal, Callback callback);
    /// Calls back once when everything of higher priority that is ready has run.
    [[nodiscard]] Result<Source> when_idle(Callback callback);
    /// Lets a bus connection be served by this loop for as long as the connection lives.
    [[nodiscard]] Result<> attach(sd_bus* bus, Priority priority = Priority::Normal);

    /// Feeds systemd's watchdog at half of WatchdogSec for as long as `healthy` says so; nothing without WATCHDOG_USEC.
    [[nodiscard]] Result<Source> feed_watchdog(std::move_only_function<bool()> healthy);

    /// Runs until `stop`. The exit status given there is returned.
    [[nodiscard]] Result<int> run();
    void stop(int exit_status);

private:
    explicit Loop(sd_event* event) : event_(event) {}
    Handle<sd_event, sd_event_unref> event_;
};

} // namespace linkspan::service
