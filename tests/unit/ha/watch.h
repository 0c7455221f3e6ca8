#pragma once

#include "ha/counter_mirror.h"

#include <vector>

namespace linkspan::ha {

inline xfrm::SaCounters sa(std::uint32_t spi)
{
    return {.key = {IpAddress::parse("198.51.100.7").value(), {spi}}};
}

/// An active gateway that tells of its SAs five times a second, and a standby that looks as often at what it has and is told of.
struct Watch {
    CounterMirror mirror = {};
    Monotonic now{std::chrono::hours{1}};

    template <class Look>
    void go_on(const std::vector<xfrm::SaCounters>& told, std::chrono::nanoseconds time, bool tells, Look look)
    {
        for (const auto end = now + time; now < end; now += std::chrono::milliseconds{200}) {
            if (tells)
                for (const auto& frame : frames_of(told, {}, {2}, false)) mirror.take(frame, now);
            look();
        }
    }
};

} // namespace linkspan::ha
