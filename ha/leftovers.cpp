#include "ha/leftovers.h"

#include <utility>

namespace linkspan::ha {

std::vector<xfrm::SaCounters> Leftovers::look(const std::vector<xfrm::SaCounters>& have, const CounterMirror& mirror,
                                              Monotonic now)
{
    std::vector<xfrm::SaCounters> over;
    std::map<xfrm::StateKey, Monotonic> untold;
    for (const auto& sa : have) {
        if (!mirror.is_told(now) || mirror.is_told_of(sa.key, now)) continue;
        const auto known = untold_.find(sa.key);
        const auto since = known == untold_.end() ? now : known->second;
        untold.emplace(sa.key, since);
        if (now - since >= patience) over.push_back(sa);
    }
    untold_ = std::move(untold);
    return over;
}

} // namespace linkspan::ha
