#pragma once

#include "base/error.h"
#include "netlink/socket.h"
#include "xfrm/observed_policy.h"
#include "xfrm/state_spec.h"

#include <span>
#include <vector>

namespace linkspan::xfrm {

/// All policies of the kernel that stand at a key that could be ours.
[[nodiscard]] Result<Policies> observe_policies(netlink::Socket& socket);

/// Looks again at the named keys only, and puts what is there now into `policies`. On an error `policies` is unchanged.
[[nodiscard]] Result<> refresh_policies(netlink::Socket& socket, Policies& policies, std::span<const PolicyKey> keys);

/// Our ESP SAs (by reqid), sorted by key. The kernel sends their keys along; they are never decoded, and the buffer
/// they came in is wiped.
[[nodiscard]] Result<std::vector<ObservedState>> observe_states(netlink::Socket& socket);

} // namespace linkspan::xfrm
