#include "nft/ranges.h"

#include <algorithm>

namespace linkspan::nft {
namespace {

IpAddress last_of(const IpPrefix& prefix)
{
    auto address = prefix.address;
    for (unsigned bit = prefix.length; bit < address_bits(prefix.family()); ++bit)
        address.bytes[bit / 8] |= static_cast<std::uint8_t>(0x80U >> (bit % 8));
    return address;
}

void decrement(IpAddress& address)
{
    for (std::size_t i = address.octets().size(); i-- > 0;)
        if (address.bytes[i]-- != 0) return;
}

/// Joins what overlaps or touches.
Ranges joined(Ranges ranges)
{
    std::ranges::sort(ranges);
    Ranges all;
    for (const auto& range : ranges) {
        auto behind = all.empty() ? IpAddress{} : all.back().last;
        if (!all.empty() && (!increment(behind) || range.first <= behind))
            all.back().last = std::max(all.back().last, range.last);
        else
            all.push_back(range);
    }
    return all;
}

Ranges without(const Ranges& ranges, const Range& hole)
{
    Ranges rest;
    for (const auto& range : ranges) {
        if (range.last < hole.first || hole.last < range.first) {
            rest.push_back(range);
            continue;
        }
        auto before = hole.first, behind = hole.last;
        decrement(before);
        if (range.first < hole.first) rest.push_back({range.first, before});
        if (hole.last < range.last && increment(behind)) rest.push_back({behind, range.last});
    }
    return rest;
}

} // namespace

bool increment(IpAddress& address)
{
    for (std::size_t i = address.octets().size(); i-- > 0;)
        if (++address.bytes[i] != 0) return true;
    return false;
}

Ranges ranges_of(std::span<const IpPrefix> networks, Family family)
{
    Ranges ranges;
    for (const auto& network : networks)
        if (network.family() == family) ranges.push_back({network.address, last_of(network)});
    return joined(std::move(ranges));
}

Ranges ranges_by_longest(const std::map<IpPrefix, bool>& networks, Family family)
{
    std::vector<std::pair<IpPrefix, bool>> shorter_first;
    for (const auto& [network, says] : networks)
        if (network.family() == family) shorter_first.emplace_back(network, says);
    std::ranges::stable_sort(shorter_first, {}, [](const auto& entry) { return entry.first.length; });
    Ranges ranges;
    for (const auto& [network, says] : shorter_first) {
        const Range range{network.address, last_of(network)};
        if (says)
            ranges.push_back(range);
        else
            ranges = without(ranges, range);
    }
    return joined(std::move(ranges));
}

} // namespace linkspan::nft
