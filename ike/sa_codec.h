#pragma once

#include "base/error.h"
#include "ike/message.h"
#include "ike/sa_view.h"

namespace linkspan::ike {

/// One `list-sa` event: an IKE_SA with its CHILD_SAs. Keys that are missing or new are fine; Kind::Protocol where a
/// number is none or the event holds no IKE_SA.
[[nodiscard]] Result<IkeSa> decode_sa(const Message& event);

} // namespace linkspan::ike
