#include "agent/troubles.h"

#include <algorithm>

namespace linkspan::agent {

std::chrono::seconds retry_delay(std::uint64_t attempts)
{
    const auto doublings = std::min<std::uint64_t>(attempts > 0 ? attempts - 1 : 0, 6);
    return std::min(std::chrono::seconds{1LL << doublings}, std::chrono::seconds{60});
}

bool Troubles::add(const Subject& subject, const std::string& why, Monotonic now, WallTime wall)
{
    auto [it, fresh] = entries_.try_emplace(subject.object, Entry{.subject = subject, .since = wall});
    auto& entry = it->second;
    const bool news = fresh || entry.why != why;
    entry.why = why;
    entry.next = now + retry_delay(++entry.attempts);
    return news;
}

bool Troubles::resolve(const std::string& object)
{
    return entries_.erase(object) > 0;
}

void Troubles::postpone_overdue(Monotonic now, std::chrono::seconds by)
{
    for (auto& [object, entry] : entries_)
        if (entry.next <= now) entry.next = now + by;
}

bool Troubles::due(const std::string& object, Monotonic now) const
{
    const auto it = entries_.find(object);
    return it == entries_.end() || it->second.next <= now;
}

std::uint64_t Troubles::attempts(const std::string& object) const
{
    const auto it = entries_.find(object);
    return it == entries_.end() ? 0 : it->second.attempts;
}

Monotonic Troubles::next_due() const
{
    auto soonest = Monotonic::max();
    for (const auto& [object, entry] : entries_) soonest = std::min(soonest, entry.next);
    return soonest;
}

std::vector<bus::Unsynced> Troubles::report(Monotonic now) const
{
    std::vector<bus::Unsynced> list;
    for (const auto& [object, entry] : entries_) {
        const auto wait = std::max(entry.next - now, Monotonic::duration::zero());
        const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
        list.push_back({entry.subject.connection, object, entry.why, entry.since, entry.attempts,
                        static_cast<std::uint64_t>(seconds)});
    }
    return list;
}

} // namespace linkspan::agent
