#include "takeover/readiness.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <sys/epoll.h>
#include <sys/timerfd.h>

namespace linkspan::takeover {

Result<Readiness> Readiness::open()
{
    Fd epoll{::epoll_create1(EPOLL_CLOEXEC)};
    if (!epoll) return sys_error(errno, "make an epoll descriptor");
    Fd timer{::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)};
    if (!timer) return sys_error(errno, "make a timer");
    Readiness readiness{std::move(epoll), std::move(timer)};
    TRY(readiness.watch(readiness.timer_.get(), true, false));
    return readiness;
}

Result<> Readiness::watch(int fd, bool readable, bool writable)
{
    epoll_event event{};
    event.events = (readable ? EPOLLIN : 0U) | (writable ? EPOLLOUT : 0U);
    event.data.fd = fd;
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event) == 0) return {};
    if (errno != ENOENT) return sys_error(errno, "watch a descriptor");
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) return sys_error(errno, "watch a descriptor");
    return {};
}

void Readiness::forget(int fd)
{
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

void Readiness::set_alarm(std::optional<Monotonic> due)
{
    itimerspec when{};
    if (due) {
        // Zero would disarm: the past is the first nanosecond.
        const auto since_boot = std::max<std::int64_t>(due->time_since_epoch().count(), 1);
        when.it_value.tv_sec = since_boot / 1'000'000'000;
        when.it_value.tv_nsec = since_boot % 1'000'000'000;
    }
    ::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr);
}

std::vector<Readiness::Ready> Readiness::poll()
{
    std::array<epoll_event, 64> events{};
    const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 0);
    std::vector<Ready> ready;
    for (const auto& event : std::span{events}.first(static_cast<std::size_t>(std::max(count, 0)))) {
        if (event.data.fd == timer_.get()) {
            std::uint64_t expirations = 0;
            [[maybe_unused]] const auto size = ::read(timer_.get(), &expirations, sizeof expirations);
            continue;
        }
        ready.push_back(
            {event.data.fd, (event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0, (event.events & EPOLLOUT) != 0});
    }
    return ready;
}

} // namespace linkspan::takeover
