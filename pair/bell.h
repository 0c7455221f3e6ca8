#pragma once

#include "base/fd.h"

#include <cstdint>
#include <sys/eventfd.h>
#include <unistd.h>

namespace linkspan::pair {

/// One thread rings, another one waits for it: an eventfd, readable from the first ring until it is silenced.
class Bell {
public:
    Bell() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

    explicit operator bool() const { return static_cast<bool>(fd_); }
    [[nodiscard]] int descriptor() const { return fd_.get(); }
    void ring() const
    {
        const std::uint64_t one = 1;
        (void)!::write(fd_.get(), &one, sizeof one); // full means that it rings already
    }
    void silence() const
    {
        std::uint64_t count = 0;
        (void)!::read(fd_.get(), &count, sizeof count);
    }

private:
    Fd fd_;
};

} // namespace linkspan::pair
