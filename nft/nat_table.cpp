#include "nft/nat_table.h"

#include "nft/nat_layout.h"

#include <algorithm>

namespace linkspan::nft {
namespace {

/// The `number`-th network of `bits` within the prefix, whose length is at most 7 bits less.
IpAddress part_of(const IpPrefix& prefix, std::uint8_t bits, unsigned number)
{
    auto address = prefix.address;
    if (bits > 0) address.bytes[bits / 8u - 1] |= static_cast<std::uint8_t>(number);
    return address;
}

void translate(Way way, End end, Reqid reqid, const IpPrefix& from, const IpPrefix& to, Elements& elements)
{
    const auto bits = static_cast<std::uint8_t>((from.length + 7) / 8 * 8);
    const MapId map{from.family(), way, end, bits};
    for (unsigned i = 0; i < 1u << (bits - from.length); ++i)
        elements.push_back({map, reqid, part_of(from, bits, i), part_of(to, bits, i)});
}

} // namespace

std::string name_of(const MapId& map)
{
    return std::string{map.way == Way::In ? "in" : "out"} + (map.family == Family::V4 ? "4" : "6") +
           (map.end == End::Source ? "_saddr_" : "_daddr_") + std::to_string(map.bits);
}

std::string counter_name(Way way, const std::string& connection)
{
    return (way == Way::In ? "in-" : "out-") + connection;
}

NatTable table_of(const Nat& nat)
{
    NatTable table;
    if (nat.mouths.empty()) return table;
    Elements elements;
    for (const auto& [reqid, mouth] : nat.mouths) {
        for (const auto& [inside, outside] : mouth.local) {
            translate(Way::Out, End::Source, reqid, inside, outside, elements);
            translate(Way::In, End::Destination, reqid, outside, inside, elements);
        }
        for (const auto& [inside, outside] : mouth.remote) {
            translate(Way::Out, End::Destination, reqid, inside, outside, elements);
            translate(Way::In, End::Source, reqid, outside, inside, elements);
        }
        for (const auto way : {Way::In, Way::Out}) {
            const auto name = counter_name(way, mouth.connection);
            table.counters[{way, reqid}] = name;
            table.objects.insert(name);
        }
    }
    std::ranges::sort(elements);
    table.present = true;
    table.shape = shape_of(layout_of(maps_of(elements)));
    table.elements = std::make_shared<const Elements>(std::move(elements));
    return table;
}

std::set<MapId> maps_of(const Elements& elements)
{
    std::set<MapId> maps;
    for (const auto& element : elements)
        if (maps.empty() || element.map != *maps.rbegin()) maps.insert(element.map);
    return maps;
}

} // namespace linkspan::nft
