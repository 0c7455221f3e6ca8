#pragma once

#include "agent/step.h"
#include "netlink/monitor.h"
#include "service/loop.h"

#include <functional>
#include <vector>

namespace linkspan::agent {

/// Watches the kernel for changes of what we care about, ours and everybody's. Says only which rooms to look into; an
/// overrun is one more reason to look. Does not move: the loop holds its address.
class Watch {
public:
    /// `dirty` is called with the rooms in question; `overrun` when the kernel dropped notifications.
    Watch(std::function<void(Rooms)> dirty, std::function<void()> overrun);
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    [[nodiscard]] Result<> start(service::Loop& loop);

private:
    struct Eye {
        netlink::Monitor monitor;
        Rooms rooms = 0;
        service::Loop::Source source = {};
    };
    void drain(Eye& eye);

    std::function<void(Rooms)> dirty_;
    std::function<void()> overrun_;
    std::vector<std::unique_ptr<Eye>> eyes_;
};

} // namespace linkspan::agent
