#include "ha/leftovers.h"

#include <utility>

namespace linkspan::ha {

std::vector<xfrm::SaCounters> Leftovers::look(const std::vector<xfrm::SaCounters>& have, const CounterMirror& mirror,
                                              Monotonic now)
{
    if (std::exchange(is_first_, false))
        for (const auto& sa : have) found_.insert(sa.key);
    std::vector<xfrm::SaCounters> over, dead;
    std::map<xfrm::StateKey, Monotonic> untold;
    for (const auto& sa : have) {
        if (mirror.is_told_of(sa.key, now)) found_.erase(sa.key);
        if (!mirror.is_told(now) || mirror.is_told_of(sa.key, now)) continue;
        const auto known = untold_.find(sa.key);
        const auto since = known == untold_.end() ? now : known->second;
        untold.emplace(sa.key, since);
        if (now - since >= patience) over.push_back(sa);
        if (now - since >= settled || found_.contains(sa.key)) dead.push_back(sa);
    }
    untold_ = std::move(untold);
    if (mirror.is_told(now)) dead_ = std::move(dead);
    return over;
}

std::vector<xfrm::SaCounters> Leftovers::dead()
{
    untold_.clear();
    found_.clear();
    is_first_ = false;
    return std::exchange(dead_, {});
}

} // namespace linkspan::ha
