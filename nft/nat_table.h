#pragma once

#include "nft/nat_spec.h"

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace linkspan::nft {

/// Where packets are translated, and how their CHILD_SA is known there.
enum class Entrance : std::uint8_t {
    Sa,   ///< out of a tunnel, by the SA they came by
    Link, ///< out of a VTI, by the link
    Out,  ///< into a tunnel, by the SA they will leave by
};
enum class End : std::uint8_t { Source, Destination }; ///< of a packet

/// The map that translates one end of packets by the first `bits` of its address: "in4_saddr_24". Whole bytes, for the
/// kernel writes bytes; a /22 is four elements of a map of 24 bits.
struct MapId {
    Family family = Family::V4;
    Entrance entrance = Entrance::Sa;
    End end = End::Source;
    std::uint8_t bits = 0;
    auto operator<=>(const MapId&) const = default;
};
[[nodiscard]] std::string prefix_of(Entrance entrance, Family family); ///< "in4", "link4", "out4"
[[nodiscard]] std::string name_of(const MapId& map);

/// What tells the CHILD_SA at an entrance: its reqid, or for Entrance::Link the link, and the other is empty.
struct MouthKey {
    Reqid reqid = {};
    LinkName link = {};
    auto operator<=>(const MouthKey&) const = default;
};

struct Element {
    MapId map = {};
    MouthKey key = {};
    IpAddress from = {}; ///< only the map's bits are set
    IpAddress to = {};
    auto operator<=>(const Element&) const = default;
};
using Elements = std::vector<Element>; ///< sorted, each once

/// Which counter object counts the packets.
using Counters = std::map<std::pair<Entrance, MouthKey>, std::string>;
[[nodiscard]] std::string counter_name(Entrance entrance, const std::string& connection); ///< "in-azure-hub"

/// The table `inet linkspan_nat`, as it should be or as the kernel has it.
struct NatTable {
    bool present = false;
    std::vector<std::string> shape = {}; ///< its chains, maps and rules, a line each
    std::shared_ptr<const Elements> elements = std::make_shared<const Elements>();
    Counters counters = {};
    std::set<std::string> objects = {}; ///< the counters that there are

    bool operator==(const NatTable& other) const
    {
        return present == other.present && shape == other.shape && *elements == *other.elements &&
               counters == other.counters && objects == other.objects;
    }
};

[[nodiscard]] NatTable table_of(const Nat& nat);

/// The maps that the elements stand in.
[[nodiscard]] std::set<MapId> maps_of(const Elements& elements);

} // namespace linkspan::nft
