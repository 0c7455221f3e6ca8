#pragma once

#include "xfrm/state_spec.h"

#include <linux/netlink.h>
#include <linux/xfrm.h>

namespace linkspan::xfrm {

/// The part of `decode_state` that is of static SAs alone; nothing happens where it is none. Of the keys only their digest
/// is kept.
void decode_static(const nlmsghdr& message, const xfrm_usersa_info& info, ObservedState& state);

} // namespace linkspan::xfrm
