#pragma once

#include "netlink/attributes.h"
#include "nft/nat_table.h"

#include <cstdint>
#include <optional>
#include <string>

namespace linkspan::nft {

/// Messages of a dump. Nothing where it is about another table.

struct SeenTable {
    bool altered = false; ///< dormant, say
};
[[nodiscard]] std::optional<SeenTable> decode_nat_table(const nlmsghdr& message);
/// As in `Layout`: "chain in4".
[[nodiscard]] std::optional<std::string> decode_chain_line(const nlmsghdr& message);
[[nodiscard]] std::optional<std::string> decode_map_name(const nlmsghdr& message);

struct SeenRule {
    std::string chain = {};
    std::string comment = {};
};
[[nodiscard]] std::optional<SeenRule> decode_rule(const nlmsghdr& message);

/// The map that a name stands for; nothing for one that is not ours.
[[nodiscard]] std::optional<MapId> map_of_name(std::string_view name);
/// Adds a message's elements to those of a map.
void decode_elements(const nlmsghdr& message, const MapId& map, Elements& into);
void decode_counted(const nlmsghdr& message, Entrance entrance, Counters& into);

/// A counter object and what it has counted.
struct SeenCounter {
    std::string name = {};
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
    bool of_rules = false; ///< it stands in the table `inet linkspan_rules`
};
[[nodiscard]] std::optional<SeenCounter> decode_counter(const nlmsghdr& message);

} // namespace linkspan::nft
