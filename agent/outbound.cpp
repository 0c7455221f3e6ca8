#include "agent/outbound.h"

#include <algorithm>
#include <tuple>

namespace linkspan::agent {
namespace {

/// Seconds that two SAs may stand beside each other in a rekeying, its DELETE and its repetitions included.
constexpr std::uint64_t overlap = 5;
/// Seconds before its renewal in which an SA is left alone.
constexpr std::uint64_t margin = 2;
/// Each costs the kernel a transformation of its own for a moment.
constexpr std::size_t most_at_once = 1000;

/// An outbound SA that the kernel has and charon knows.
struct Known {
    const ConnectionName* connection = nullptr;
    const xfrm::ObservedState* state = nullptr;
    bool superfluous = false;
    std::uint64_t child = 0; ///< charon's number of it: a newer one has a higher one
    std::uint64_t age = 0;   ///< seconds

    /// What the kernel chooses among has all of this in common.
    [[nodiscard]] auto tunnel() const { return std::tie(state->reqid, state->source, state->key.destination); }
    [[nodiscard]] auto place() const { return std::tuple{tunnel(), !superfluous, child}; }
};

std::vector<Known> known_outbound(const std::map<ConnectionName, ike::ConnectionSpec>& specs, const ike::SaView& sas,
                                  const std::vector<xfrm::ObservedState>& states, const Rivals& rivals)
{
    std::vector<Known> known;
    for (const auto& sa : sas) {
        const auto spec = specs.find(sa.connection);
        if (spec == specs.end() || spec->second.version != 2) continue;
        for (const auto& child : sa.children) {
            const xfrm::StateKey key{sa.remote, child.spi_out};
            const auto state = std::ranges::lower_bound(states, key, {}, &xfrm::ObservedState::key);
            if (state == states.end() || state->key != key || state->larval) continue;
            known.push_back({&sa.connection, &*state, rivals.contains(sa.unique_id), child.unique_id, child.age});
        }
    }
    std::ranges::sort(known, {}, &Known::place);
    return known;
}

} // namespace

Ranking rank_outbound(const std::map<ConnectionName, ike::ConnectionSpec>& specs, const ike::SaView& sas,
                      const std::vector<xfrm::ObservedState>& states, const Rivals& rivals, std::uint64_t now)
{
    Ranking ranking;
    const auto order = [&](const Known& sa, xfrm::Rank rank) {
        if (sa.state->rank == rank || sa.state->soft_expiry <= now + margin) return;
        ranking.unfinished |= ranking.orders.size() == most_at_once;
        if (ranking.orders.size() < most_at_once) ranking.orders.push_back({*sa.connection, *sa.state, rank});
    };
    const auto known = known_outbound(specs, sas, states, rivals);
    const auto same_tunnel = [](const Known& a, const Known& b) { return a.tunnel() == b.tunnel(); };
    for (auto first = known.begin(); first != known.end();) {
        const auto end =
            std::ranges::find_if_not(first, known.end(), [&](const Known& k) { return same_tunnel(k, *first); });
        const auto newest = std::prev(end);
        const bool alone = newest == first;
        if (!alone && newest->age < overlap) {
            ranking.unfinished = true;
        } else {
            for (; first != newest; ++first) order(*first, xfrm::Rank::Last);
            order(*newest, xfrm::Rank::First);
        }
        first = end;
    }
    return ranking;
}

} // namespace linkspan::agent
