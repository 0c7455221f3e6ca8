#pragma once

#include "base/ip.h"

#include <set>

namespace linkspan {

/// Networks, to be asked whether one of them has addresses in common with another: in as many steps as an address has bits.
class PrefixSet {
public:
    void insert(const IpPrefix& prefix) { all_.insert(prefix); }

    [[nodiscard]] bool overlaps(const IpPrefix& prefix) const
    {
        const auto within = all_.lower_bound(prefix); // sorted by address, so what lies within comes next
        if (within != all_.end() && prefix.contains(*within)) return true;
        for (unsigned length = 0; length <= prefix.length; ++length)
            if (all_.contains(IpPrefix::network_of(prefix.address, static_cast<std::uint8_t>(length)))) return true;
        return false;
    }

private:
    std::set<IpPrefix> all_;
};

} // namespace linkspan
