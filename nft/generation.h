#pragma once

#include "netlink/message.h"

#include <cstdint>
#include <optional>

namespace linkspan::nft {

/// The number of the whole ruleset of a network namespace. Every commit, whoever makes it and to whatever table, gives
/// the ruleset another one (net/netfilter/nf_tables_api.c, 6.1: nf_tables_commit counts base_seq up).
void encode_get_generation(netlink::Message& message);
/// Nothing where `message` is no such answer.
[[nodiscard]] std::optional<std::uint32_t> decode_generation(const nlmsghdr& message);

} // namespace linkspan::nft
