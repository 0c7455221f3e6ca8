#include "service/loop.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <string>
#include <sys/epoll.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <utility>

namespace linkspan::service {

struct Loop::Registration {
    Callback callback = {};
    Handle<sd_event_source, sd_event_source_disable_unref> source = {};
    std::uint64_t period = 0; ///< microseconds; 0 = once
    bool running = false;     ///< the callback is on the stack
    bool released = false;    ///< its owner let go while it ran: freed when it returns

    /// C's way in. False where the callback has released its own registration, which is no more then.
    bool call() noexcept
    {
        running = true;
        callback();
        running = false;
        if (!released) return true;
        delete this;
        return false;
    }
};

void Loop::Release::operator()(Registration* registration) const noexcept
{
    registration->source.reset();
    if (registration->running)
        registration->released = true;
    else
        delete registration;
}

namespace {

/// By the clock of timers, in microseconds.
std::uint64_t now()
{
    const auto time = std::chrono::steady_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(time).count());
}

int readable(sd_event_source*, int, std::uint32_t, void* data) noexcept
{
    static_cast<Loop::Registration*>(data)->call();
    return 0;
}

int timer(sd_event_source*, std::uint64_t, void* data) noexcept
{
    static_cast<Loop::Registration*>(data)->call();
    return 0;
}

/// A call that takes as long as its period, or longer, leaves a quarter of it to whatever else is waiting: to what is less urgent,
/// and, on a real-time thread, to everybody else.
int again(sd_event_source* source, std::uint64_t due, void* data) noexcept
{
    auto& registration = *static_cast<Loop::Registration*>(data);
    const auto period = registration.period, began = now();
    if (!registration.call()) return 0;
    sd_event_source_set_time(source, std::max(due_again(due, began, period), now() + period / 4));
    sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
    return 0;
}

int signalled(sd_event_source*, const signalfd_siginfo*, void* data) noexcept
{
    static_cast<Loop::Registration*>(data)->call();
    return 0;
}

int deferred(sd_event_source*, void* data) noexcept
{
    static_cast<Loop::Registration*>(data)->call();
    return 0;
}

/// Keeps what sd-event made, at its priority, or says what could not be made.
Result<Loop::Source> keep(Loop::Source registration, sd_event_source* raw, int r, Loop::Priority priority,
                          const char* what)
{
    if (r < 0) return sys_error(-r, what);
    registration->source.reset(raw);
    if (r = sd_event_source_set_priority(raw, std::to_underlying(priority)); r < 0) return sys_error(-r, what);
    return registration;
}

Loop::Source registration_of(Loop::Callback callback)
{
    return Loop::Source{new Loop::Registration{.callback = std::move(callback)}};
}

} // namespace

Result<Loop> Loop::open()
{
    sd_event* event = nullptr;
    if (const int r = sd_event_new(&event); r < 0) return sys_error(-r, "open the event loop");
    return Loop{event};
}

Result<Loop::Source> Loop::on_readable(int fd, Callback callback, Priority priority)
{
    auto registration = registration_of(std::move(callback));
    sd_event_source* raw = nullptr;
    const int r = sd_event_add_io(event_.get(), &raw, fd, EPOLLIN, readable, registration.get());
    return keep(std::move(registration), raw, r, priority, "watch a descriptor");
}

Result<Loop::Source> Loop::after(std::chrono::microseconds delay, Callback callback, Priority priority)
{
    auto registration = registration_of(std::move(callback));
    sd_event_source* raw = nullptr;
    const auto usec = static_cast<std::uint64_t>(std::max<std::int64_t>(delay.count(), 0));
    const int r =
        sd_event_add_time_relative(event_.get(), &raw, CLOCK_MONOTONIC, usec, 1000, timer, registration.get());
    return keep(std::move(registration), raw, r, priority, "set a timer");
}

Result<Loop::Source> Loop::every(std::chrono::microseconds period, Callback callback, Priority priority)
{
    auto registration = registration_of(std::move(callback));
    registration->period = static_cast<std::uint64_t>(std::max<std::int64_t>(period.count(), 1000));
    sd_event_source* raw = nullptr;
    const auto first = registration->period;
    const int r =
        sd_event_add_time_relative(event_.get(), &raw, CLOCK_MONOTONIC, first, 1000, again, registration.get());
    return keep(std::move(registration), raw, r, priority, "set a timer");
}

Result<Loop::Source> Loop::on_signal(int signal, Callback callback)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, signal);
    sigprocmask(SIG_BLOCK, &set, nullptr);
    auto registration = registration_of(std::move(callback));
    sd_event_source* raw = nullptr;
    const int r = sd_event_add_signal(event_.get(), &raw, signal, signalled, registration.get());
    return keep(std::move(registration), raw, r, Priority::Normal, "wait for a signal");
}

Result<Loop::Source> Loop::when_idle(Callback callback)
{
    auto registration = registration_of(std::move(callback));
    sd_event_source* raw = nullptr;
    const int r = sd_event_add_defer(event_.get(), &raw, deferred, registration.get());
    return keep(std::move(registration), raw, r, Priority::Idle, "defer work");
}

Result<> Loop::attach(sd_bus* bus, Priority priority)
{
    if (const int r = sd_bus_attach_event(bus, event_.get(), std::to_underlying(priority)); r < 0)
        return sys_error(-r, "serve a bus connection");
    return {};
}

Result<Loop::Source> Loop::feed_watchdog(std::move_only_function<bool()> healthy)
{
    std::uint64_t usec = 0;
    if (sd_watchdog_enabled(0, &usec) <= 0) return Source{};
    auto registration = registration_of({});
    auto* self = registration.get();
    self->period = usec / 2;
    self->callback = [self, ask = std::move(healthy)]() mutable {
        if (ask()) sd_notify(0, "WATCHDOG=1");
        sd_event_source_set_time_relative(self->source.get(), self->period);
        sd_event_source_set_enabled(self->source.get(), SD_EVENT_ONESHOT);
    };
    sd_event_source* raw = nullptr;
    const int r = sd_event_add_time_relative(event_.get(), &raw, CLOCK_MONOTONIC, 0, 1000, timer, self);
    return keep(std::move(registration), raw, r, Priority::Normal, "feed the watchdog");
}

Result<int> Loop::run()
{
    const int r = sd_event_loop(event_.get());
    if (r < 0) return sys_error(-r, "run the event loop");
    return r;
}

void Loop::stop(int exit_status)
{
    sd_event_exit(event_.get(), exit_status);
}

} // namespace linkspan::service
