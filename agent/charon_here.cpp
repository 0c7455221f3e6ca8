#include "agent/charon_here.h"

#include "agent/hazards.h"

#include <algorithm>

namespace linkspan::agent {
namespace {

/// An SA this young (seconds) may be one that charon is just making a CHILD_SA of.
constexpr std::uint64_t settled_age = 5;

} // namespace

std::set<xfrm::StateKey> listed(const ike::SaView& sas)
{
    std::set<xfrm::StateKey> keys;
    for (const auto& sa : sas) {
        for (const auto& child : sa.children) {
            keys.insert({sa.local, child.spi_in});
            keys.insert({sa.remote, child.spi_out});
        }
    }
    return keys;
}

bool has_unlisted(const std::vector<xfrm::ObservedState>& states, const ike::SaView& sas)
{
    const auto known = listed(sas);
    return !std::ranges::all_of(states, [&](const auto& state) { return known.contains(state.key); });
}

void forget_ended(std::vector<xfrm::ObservedState>& states, const ike::SaView& sas,
                  const std::vector<xfrm::ObservedState>& now)
{
    const auto known = listed(sas);
    std::erase_if(states, [&](const xfrm::ObservedState& state) {
        return !known.contains(state.key) && !std::ranges::binary_search(now, state.key, {}, &xfrm::ObservedState::key);
    });
}

ha::CharonHere charon_here(const Observed& observed)
{
    if (!observed.ike) return {};
    ha::CharonHere here{.takes = std::ranges::none_of(observed.ike->sas, is_half_copied)};
    if (!observed.states) return here;
    const auto known = listed(observed.ike->sas);
    for (const auto& state : *observed.states) {
        if (state.larval || state.is_static || known.contains(state.key)) continue;
        const bool fresh = state.rank == xfrm::Rank::Plain && observed.at < state.added + settled_age;
        if (!fresh) here.unknown.insert(state.key);
    }
    return here;
}

} // namespace linkspan::agent
