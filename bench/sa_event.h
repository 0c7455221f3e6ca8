#pragma once

#include "ike/message.h"

#include <cstddef>
#include <string>

namespace linkspan::bench {

/// What charon 5.9.8 sends in answer to `list-sas` for an established IKE_SA with one CHILD_SA, as it was seen of one.
[[nodiscard]] ike::Message sa_event(const std::string& connection, std::size_t number);

} // namespace linkspan::bench
