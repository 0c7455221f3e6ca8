#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace linkspan::xfrm {

/// Packets that the kernel's IPsec dropped for one reason, of all connections since boot: it does not count them apart.
struct Drops {
    std::string counter = {}; ///< the kernel's name, "XfrmOutNoStates"
    std::uint64_t packets = 0;
    std::string meaning = {}; ///< for people; empty: a counter this version does not know
    bool operator==(const Drops&) const = default;
};

/// The counters that are not zero, in the kernel's order. `text` is that of /proc/net/xfrm_stat.
[[nodiscard]] std::vector<Drops> drops_in(std::string_view text);

/// Those of this network namespace; none where the kernel counts nothing (CONFIG_XFRM_STATISTICS).
[[nodiscard]] std::vector<Drops> read_drops();

} // namespace linkspan::xfrm
