#include "nft/nat_table.h"

#include "nft/nat_layout.h"

#include <algorithm>
#include <array>

namespace linkspan::nft {
namespace {

/// The `number`-th network of `bits` within the prefix, whose length is at most 7 bits less.
IpAddress part_of(const IpPrefix& prefix, std::uint8_t bits, unsigned number)
{
    auto address = prefix.address;
    if (bits > 0) address.bytes[bits / 8u - 1] |= static_cast<std::uint8_t>(number);
    return address;
}

void translate(Entrance entrance, End end, const MouthKey& key, const IpPrefix& from, const IpPrefix& to,
               Elements& elements)
{
    const auto bits = static_cast<std::uint8_t>((from.length + 7) / 8 * 8);
    const MapId map{from.family(), entrance, end, bits};
    for (unsigned i = 0; i < 1u << (bits - from.length); ++i)
        elements.push_back({map, key, part_of(from, bits, i), part_of(to, bits, i)});
}

/// What enters the tunnel there, or comes out.
void add(Entrance entrance, const MouthKey& key, const Mouth& mouth, Elements& elements)
{
    const bool out = entrance == Entrance::Out;
    const auto ours = out ? End::Source : End::Destination, theirs = out ? End::Destination : End::Source;
    for (const auto& [inside, outside] : mouth.local)
        translate(entrance, ours, key, out ? inside : outside, out ? outside : inside, elements);
    for (const auto& [inside, outside] : mouth.remote)
        translate(entrance, theirs, key, out ? inside : outside, out ? outside : inside, elements);
}

} // namespace

std::string prefix_of(Entrance entrance, Family family)
{
    constexpr std::array names{"in", "link", "out"};
    return std::string{names[static_cast<std::size_t>(entrance)]} + (family == Family::V4 ? "4" : "6");
}

std::string name_of(const MapId& map)
{
    return prefix_of(map.entrance, map.family) + (map.end == End::Source ? "_saddr_" : "_daddr_") +
           std::to_string(map.bits);
}

std::string counter_name(Entrance entrance, const std::string& connection)
{
    return (entrance == Entrance::Out ? "out-" : "in-") + connection;
}

NatTable table_of(const Nat& nat)
{
    NatTable table;
    if (nat.mouths.empty()) return table;
    Elements elements;
    for (const auto& [reqid, mouth] : nat.mouths) {
        const bool is_vti = !mouth.link.value.empty();
        for (const auto entrance : {is_vti ? Entrance::Link : Entrance::Sa, Entrance::Out}) {
            const auto key = entrance == Entrance::Link ? MouthKey{{}, mouth.link} : MouthKey{reqid, {}};
            add(entrance, key, mouth, elements);
            const auto name = counter_name(entrance, mouth.connection);
            table.counters[{entrance, key}] = name;
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
