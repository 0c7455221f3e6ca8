#include "route/fate.h"

#include "route/route_spec.h"

namespace linkspan::route {

/// The kernel looks a route up before it looks for a policy: one that ends packets ends those that a policy would have taken.
Fate fate_of(const IpPrefix& destination, bool leads_on, const IpPrefix& network, std::uint32_t metric,
             bool by_policies)
{
    const bool is_all = destination == network;
    if (by_policies) return leads_on ? Fate::Taken : Fate::Ends;
    if (!is_all) return leads_on ? Fate::Past : Fate::Ends;
    return metric == tunnel_metric(destination.family()) ? Fate::InPlace : Fate::Unused;
}

std::string_view text_of(Fate fate)
{
    switch (fate) {
    case Fate::Unused: return "the tunnel's own route goes first, so nobody is reached by it";
    case Fate::InPlace: return "it stands in the place of the tunnel's own route";
    case Fate::Ends: return "it ends its packets before the tunnel";
    case Fate::Past: return "it takes its packets past the tunnel, in the clear";
    case Fate::Taken: return "the policies take what our hosts send there into the tunnel, whatever the route says";
    }
    return {};
}

} // namespace linkspan::route
