#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "bus/report.h"

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace linkspan::agent {

/// What a trouble is about. `rooms` are those (agent/world.h) in which it can be seen to be over; 0 = in any.
struct Subject {
    ConnectionName connection = {}; ///< empty: the gateway's own
    std::string object = {};
    std::uint16_t rooms = 0;
};

/// How long to wait after the n-th failure in a row (n >= 1): 1 s, 2 s, 4 s ... 60 s.
[[nodiscard]] std::chrono::seconds retry_delay(std::uint64_t attempts);

/// The objects that are not as they should be, each with its own back-off: one stubborn object never delays another,
/// and a quick failure is not tried a thousand times a second. A value; time comes in as an argument.
class Troubles {
public:
    /// Something went wrong with `object` again. Returns true where this is news (first time, or another reason),
    /// that is, where it should be logged.
    bool add(const Subject& subject, const std::string& why, Monotonic now, WallTime wall);
    /// `object` is as it should be. Returns true where it was not.
    bool resolve(const std::string& object);
    /// Forgets every subject for which `over` is true, and answers them.
    template <typename Predicate>
    std::vector<Subject> resolve_where(Predicate over)
    {
        std::vector<Subject> resolved;
        std::erase_if(entries_, [&](const auto& item) {
            const bool gone = over(item.second.subject);
            if (gone) resolved.push_back(item.second.subject);
            return gone;
        });
        return resolved;
    }

    /// Puts off what is due and could not be tried (a negotiation is still under way), without counting an attempt.
    void postpone_overdue(Monotonic now, std::chrono::seconds by);
    /// May `object` be tried at `now`?
    [[nodiscard]] bool due(const std::string& object, Monotonic now) const;
    /// The soonest moment something becomes due; max() where nothing waits.
    [[nodiscard]] Monotonic next_due() const;
    [[nodiscard]] std::vector<bus::Unsynced> report(Monotonic now) const;
    /// How often `object` was added since it was last in order.
    [[nodiscard]] std::uint64_t attempts(const std::string& object) const;
    [[nodiscard]] bool contains(const std::string& object) const { return entries_.contains(object); }
    [[nodiscard]] bool empty() const { return entries_.empty(); }

private:
    struct Entry {
        Subject subject = {};
        std::string why = {};
        WallTime since = {};
        std::uint64_t attempts = 0;
        Monotonic next = {};
    };
    std::map<std::string, Entry> entries_;
};

} // namespace linkspan::agent
