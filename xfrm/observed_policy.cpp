#include "xfrm/observed_policy.h"

#include <algorithm>

namespace linkspan::xfrm {

const ObservedPolicy* find(const Policies& policies, const PolicyKey& key)
{
    const auto at = std::ranges::lower_bound(policies, key, {}, &ObservedPolicy::key);
    return at != policies.end() && at->key == key ? &*at : nullptr;
}

} // namespace linkspan::xfrm
