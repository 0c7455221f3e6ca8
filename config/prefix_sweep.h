#pragma once

#include "base/ip.h"

#include <algorithm>
#include <compare>
#include <cstdint>
#include <tuple>
#include <vector>

namespace linkspan::config {

/// What a prefix is in a sweep. Of equal prefixes the earlier role comes first.
enum class Role : std::uint8_t { Tunnel, Remote, Local, Peer, Gateway, LocalAddress };

/// A prefix somebody wrote: `owner` is the connection's index, `element` the place in the list it stands in.
struct Swept {
    IpPrefix prefix = {};
    Role role = Role::Remote;
    std::uint32_t owner = 0;
    std::uint32_t element = 0;

    auto operator<=>(const Swept&) const = default;
};

/// Calls `visit(item, enclosing)` for every item that lies within (or equals) one that `encloses(item)` says is a
/// network to look into; `enclosing` is the narrowest such. O(n log n): sorted, an enclosing network stands before
/// all it encloses, so the open ones form a stack.
template <typename Encloses, typename Visit>
void sweep(std::vector<Swept> items, Encloses encloses, Visit visit)
{
    std::ranges::sort(items);
    std::vector<const Swept*> open;
    for (const auto& item : items) {
        while (!open.empty() && !open.back()->prefix.contains(item.prefix)) open.pop_back();
        if (!open.empty()) visit(item, *open.back());
        const bool is_new = open.empty() || open.back()->prefix != item.prefix;
        if (is_new && encloses(item)) open.push_back(&item);
    }
}

} // namespace linkspan::config
