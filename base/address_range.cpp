#include "base/address_range.h"

#include <algorithm>

namespace linkspan {
namespace {

IpAddress last_of(const IpPrefix& network)
{
    auto last = network.address;
    for (unsigned bit = network.length; bit < address_bits(network.family()); ++bit)
        last.bytes[bit / 8] |= static_cast<std::uint8_t>(0x80u >> bit % 8);
    return last;
}

/// The one behind it; after the very last of a family the first one.
IpAddress next(IpAddress address)
{
    for (auto i = address.octets().size(); i-- > 0;)
        if (++address.bytes[i] != 0) break;
    return address;
}

/// The widest network that begins with `first` and ends at `last` or before.
IpPrefix widest(const IpAddress& first, const IpAddress& last)
{
    auto widest = IpPrefix::host(first);
    while (widest.length > 0) {
        const auto wider = IpPrefix::network_of(first, static_cast<std::uint8_t>(widest.length - 1));
        if (wider.address != first || last_of(wider) > last) break;
        widest = wider;
    }
    return widest;
}

} // namespace

Result<AddressRange> AddressRange::parse(std::string_view text)
{
    if (text.contains('/')) {
        const auto network = IpPrefix::parse(text);
        if (!network) return std::unexpected(network.error());
        return of(*network);
    }
    const auto dash = text.find('-');
    const auto first = IpAddress::parse(text.substr(0, dash));
    if (!first) return std::unexpected(first.error());
    if (dash == std::string_view::npos) return AddressRange{*first, *first};
    const auto last = IpAddress::parse(text.substr(dash + 1));
    if (!last) return std::unexpected(last.error());
    if (first->family != last->family) return failure(Kind::Config, "its two ends are of different families");
    if (*last < *first)
        return failure(Kind::Config,
                       "it ends before it begins; did you mean \"" + last->text() + "-" + first->text() + "\"?");
    return AddressRange{*first, *last};
}

AddressRange AddressRange::of(const IpPrefix& network)
{
    return {network.address, last_of(network)};
}

bool AddressRange::overlaps(const IpPrefix& network) const
{
    return network.family() == family() && network.address <= last && first <= last_of(network);
}

std::vector<IpPrefix> AddressRange::networks() const
{
    std::vector<IpPrefix> networks;
    for (auto from = first;; from = next(from)) {
        networks.push_back(widest(from, last));
        from = last_of(networks.back());
        if (from == last) return networks;
    }
}

std::string AddressRange::text() const
{
    if (is_one()) return first.text();
    const auto whole = networks();
    return whole.size() == 1 ? whole.front().text() : first.text() + "-" + last.text();
}

IpAddress moved(const IpAddress& address, const IpPrefix& to)
{
    auto result = address;
    for (unsigned bit = 0; bit < to.length; ++bit) {
        const auto mask = static_cast<std::uint8_t>(0x80u >> bit % 8);
        const auto kept = static_cast<std::uint8_t>(result.bytes[bit / 8] & ~mask);
        result.bytes[bit / 8] = static_cast<std::uint8_t>(kept | (to.address.bytes[bit / 8] & mask));
    }
    return result;
}

} // namespace linkspan
