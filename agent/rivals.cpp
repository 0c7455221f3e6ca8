#include "agent/rivals.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <vector>

namespace linkspan::agent {
namespace {

/// Seconds an IKE_SA is left alone: by then both ends have seen it, and nobody is about to delete it.
constexpr std::uint64_t settled_age = 5;
/// Seconds between two that were begun at once. One that is older by more may be what a restarted peer has forgotten.
constexpr std::uint64_t at_once = 15;
/// Seconds for which it is looked again and again. What still carries after that is wanted by the other end.
constexpr std::uint64_t hopeful_age = 120;
/// How long no packet comes or goes.
constexpr std::chrono::seconds quiet_time{5};

using Contestants = std::vector<const ike::IkeSa*>;

bool takes_part(const ike::IkeSa& sa)
{
    return sa.state == ike::IkeState::Established && sa.age >= settled_age &&
           std::ranges::any_of(sa.children, ike::is_up);
}

bool rival(const ike::IkeSa& a, const ike::IkeSa& b)
{
    const auto apart = a.age < b.age ? b.age - a.age : a.age - b.age;
    return a.local == b.local && a.remote == b.remote && a.local_id == b.local_id && a.remote_id == b.remote_id &&
           apart <= at_once;
}

/// Does it carry all that the other one carries?
bool replaces(const ike::IkeSa& sa, const ike::IkeSa& other)
{
    return std::ranges::all_of(other.children, [&](const ike::ChildSa& child) {
        return !ike::is_up(child) || std::ranges::any_of(sa.children, [&](const ike::ChildSa& own) {
            return own.name == child.name && own.reqid == child.reqid && ike::is_up(own) &&
                   own.local_ts == child.local_ts && own.remote_ts == child.remote_ts;
        });
    });
}

void compare(const Contestants& contestants, Rivals& found)
{
    if (contestants.size() < 2) return;
    const auto* best = *std::ranges::max_element(contestants, {}, &ike::IkeSa::spi_initiator);
    for (const auto* sa : contestants)
        if (sa != best && rival(*sa, *best) && replaces(*best, *sa)) found.emplace(sa->unique_id, best->unique_id);
}

std::uint64_t packets_of(const ike::IkeSa& sa)
{
    std::uint64_t sum = 0;
    for (const auto& child : sa.children) sum += child.packets_in + child.packets_out;
    return sum;
}

} // namespace

Rivals rivals(const std::map<ConnectionName, ike::ConnectionSpec>& specs, const ike::SaView& sas)
{
    Rivals found;
    for (auto first = sas.begin(); first != sas.end();) {
        const auto end = std::ranges::find_if_not(
            first, sas.end(), [&](const ike::IkeSa& sa) { return sa.connection == first->connection; });
        const auto spec = specs.find(first->connection);
        Contestants contestants;
        for (; first != end; ++first)
            if (spec != specs.end() && spec->second.version == 2 && takes_part(*first)) contestants.push_back(&*first);
        compare(contestants, found);
    }
    return found;
}

void Superfluous::see(const Rivals& rivals, const ike::SaView& sas, Monotonic now)
{
    decltype(uses_) seen;
    waits_ = false;
    for (const auto& sa : sas) {
        const auto found = rivals.find(sa.unique_id);
        if (found == rivals.end() || !sa.initiator) continue;
        waits_ |= sa.age < hopeful_age;
        const std::pair key{sa.unique_id, sa.spi_initiator};
        const auto packets = packets_of(sa);
        const auto known = uses_.find(key);
        const bool same = known != uses_.end() && known->second.packets == packets;
        seen.emplace(key, Use{packets, same ? known->second.since : now, found->second});
    }
    uses_ = std::move(seen);
}

std::map<std::uint64_t, std::string> Superfluous::quiet(Monotonic now) const
{
    std::map<std::uint64_t, std::string> ends;
    for (const auto& [key, use] : uses_)
        if (now - use.since >= quiet_time)
            ends.emplace(key.first, fmt::format("both ends began at once, and IKE_SA {} carries", use.survivor));
    return ends;
}

} // namespace linkspan::agent
