#pragma once

#include "base/ip.h"

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace linkspan {

/// Addresses of one family from the first to the last, both included.
struct AddressRange {
    IpAddress first = {};
    IpAddress last = {};

    auto operator<=>(const AddressRange&) const = default;

    /// "100.64.0.1", "100.64.0.1-100.64.0.9" or "100.64.0.0/24". The last may not stand before the first.
    [[nodiscard]] static Result<AddressRange> parse(std::string_view text);
    [[nodiscard]] static AddressRange of(const IpPrefix& network);

    [[nodiscard]] Family family() const { return first.family; }
    [[nodiscard]] bool is_one() const { return first == last; }
    [[nodiscard]] bool contains(const IpAddress& a) const { return a.family == family() && first <= a && a <= last; }
    [[nodiscard]] bool overlaps(const IpPrefix& network) const;
    /// The fewest networks that make it up, in order.
    [[nodiscard]] std::vector<IpPrefix> networks() const;
    /// As it was parsed, a network or one address in the shortest way.
    [[nodiscard]] std::string text() const;
};

/// The host of `from` that `address` is, in `to`, which is of the same length: it keeps its number.
[[nodiscard]] IpAddress moved(const IpAddress& address, const IpPrefix& to);

} // namespace linkspan
