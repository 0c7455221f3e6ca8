#include "agent/charon_here.h"

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

ha::CharonHere charon_here(const Observed& observed)
{
    ha::CharonHere here{.takes = observed.ike.has_value()};
    if (!observed.ike || !observed.states) return here;
    const auto known = listed(observed.ike->sas);
    for (const auto& state : *observed.states) {
        if (state.larval || state.is_static || known.contains(state.key)) continue;
        const bool fresh = state.rank == xfrm::Rank::Plain && observed.at < state.added + settled_age;
        if (!fresh) here.unknown.insert(state.key);
    }
    return here;
}

} // namespace linkspan::agent
