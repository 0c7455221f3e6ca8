#pragma once

#include "base/error.h"
#include "base/plan.h"
#include "netlink/socket.h"
#include "vti/spec.h"

#include <span>
#include <vector>

namespace linkspan::vti {

/// Performs the steps, many per system call, and tells the outcome of each. Everything that goes, the first half of a
/// Replace included, goes before anything is created. A link is set up last, when its sysctls are as they should be.
/// An identical link of ours that exists already, or one that is gone already, is success.
[[nodiscard]] std::vector<Result<>> apply_all(netlink::Socket& socket, std::span<const Op<Spec>> ops);
[[nodiscard]] Result<> apply(netlink::Socket& socket, const Op<Spec>& op);

} // namespace linkspan::vti
