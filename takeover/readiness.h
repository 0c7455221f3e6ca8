#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "base/fd.h"

#include <optional>
#include <vector>

namespace linkspan::takeover {

/// Several descriptors and an alarm behind one descriptor, which the caller's event loop watches: so no driver knows
/// whose loop it runs on.
class Readiness {
public:
    struct Ready {
        int fd = -1;
        bool readable = false; ///< or hung up
        bool writable = false;
        bool operator==(const Ready&) const = default;
    };

    [[nodiscard]] static Result<Readiness> open();
    [[nodiscard]] int descriptor() const { return epoll_.get(); }

    /// Watches `fd`, or changes what is watched for. The caller forgets it before closing it.
    [[nodiscard]] Result<> watch(int fd, bool readable, bool writable);
    void forget(int fd);
    /// The descriptor becomes readable at `due`, at once where that is past; none = never.
    void set_alarm(std::optional<Monotonic> due);
    /// What is ready now. Takes notice of the alarm, without naming it. Never waits.
    [[nodiscard]] std::vector<Ready> poll();

private:
    Readiness(Fd epoll, Fd timer) : epoll_(std::move(epoll)), timer_(std::move(timer)) {}
    Fd epoll_;
    Fd timer_;
};

} // namespace linkspan::takeover
