#pragma once

#include "nft/nat_table.h"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace linkspan::nft {

/// What the table is made of besides elements: it depends on which prefix lengths there are, and on nothing else of the
/// connections, so the work for a packet does not grow with them.

struct Chain {
    std::string name = {};
    std::optional<bool> hook = {}; ///< true: prerouting; false: postrouting
    std::string line = {};         ///< how it is told from others
};

/// Packets of a CHILD_SA that has counters are counted, and go on in the chain of their entrance and family.
struct Gate {
    Entrance entrance = Entrance::Sa;
    Family family = Family::V4;
    std::string target = {};
};

/// A jump; with `icmp`, for the errors that carry the packet they are about: of this type, in ICMPv6 below this type.
struct Jump {
    std::string target = {};
    Family family = Family::V4;
    std::optional<std::uint8_t> icmp = {};
};

/// Rewrites one end of the packet, or of the packet inside an ICMP error, by the map; then nothing more of this chain.
struct Translate {
    MapId map = {};
    End end = End::Source;
    bool inner = false;
};

struct NatRule {
    std::string chain = {};
    std::variant<Gate, Jump, Translate> what = {};
    std::string comment = {}; ///< names the rule; in the kernel it is the rule's comment
};

struct Layout {
    std::vector<Chain> chains = {};
    std::set<MapId> maps = {};
    std::vector<Entrance> entrances = {}; ///< those that have a map of counters
    std::vector<NatRule> rules = {};      ///< of each chain in their order
};

[[nodiscard]] Layout layout_of(const std::set<MapId>& maps);

/// Its lines, sorted; rules of one chain in their order.
[[nodiscard]] std::vector<std::string> shape_of(const Layout& layout);

/// Hooks and what else stands in such a line.
inline constexpr int mouth_in_priority = -450; ///< before fragments are put together (-400) and conntrack (-200)
inline constexpr int mouth_out_priority = 250; ///< after everybody's source NAT (100)
[[nodiscard]] std::string chain_line(const std::string& name, std::optional<unsigned> hook, int priority,
                                     bool filter_accept);
[[nodiscard]] std::string counter_map(Entrance entrance); ///< "counters_in"

} // namespace linkspan::nft
