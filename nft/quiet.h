#pragma once

#include <linux/filter.h>

#include <span>

namespace linkspan::nft {

/// For a socket that hears what changes in nf_tables: the kernel keeps to itself what answers of resolvers and heartbeats
/// bring about all the time, which are pins that come, the fence's elements, and the ruleset's new number behind every
/// change. A notification's first message decides for all of its transaction's, which are then elements, too: pins and the
/// fence are written by transactions of their own.
[[nodiscard]] std::span<const sock_filter> program_of_quiet();

} // namespace linkspan::nft
