#include "pair/flow_outbox.h"

#include <algorithm>

namespace linkspan::pair {

bool FlowOutbox::add(Queue& queue, std::size_t most, std::vector<ha::Payload> frames, Monotonic now)
{
    if (queue.size() + frames.size() > most) return false;
    for (auto& frame : frames) queue.push_back({std::move(frame), now});
    return true;
}

std::vector<ha::Payload> FlowOutbox::take(std::size_t most)
{
    std::vector<ha::Payload> taken;
    for (auto* queue : {&news_, &round_})
        for (; !queue->empty() && taken.size() < most; queue->pop_front())
            taken.push_back(std::move(queue->front().frame));
    return taken;
}

void FlowOutbox::clear()
{
    news_.clear();
    round_.clear();
}

std::chrono::nanoseconds FlowOutbox::behind(Monotonic now) const
{
    std::chrono::nanoseconds longest{};
    for (const auto* queue : {&news_, &round_})
        if (!queue->empty()) longest = std::max<std::chrono::nanoseconds>(longest, now - queue->front().since);
    return longest;
}

} // namespace linkspan::pair
