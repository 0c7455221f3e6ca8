#pragma once

#include "egress/inspector.h"
#include "service/journal.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace linkspan::agent {

/// A refusal as a line of the journal, with the fields EGRESS_SOURCE, EGRESS_DESTINATION, EGRESS_PROTOCOL, EGRESS_PORT,
/// EGRESS_NAME, EGRESS_TAG, EGRESS_RULE ("no rule" where there is none) and EGRESS_WHY.
[[nodiscard]] service::Entry entry_of(const egress::Refusal& refusal);

/// "tcp", "udp", "icmp", or the number.
[[nodiscard]] std::string protocol_name(std::uint8_t ip_protocol);
[[nodiscard]] std::optional<std::uint8_t> protocol_number(std::string_view name);

} // namespace linkspan::agent
