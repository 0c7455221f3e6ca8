#pragma once

#include "base/dns_name.h"
#include "base/ip.h"

#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <unordered_map>

namespace linkspan::egress {

/// The names by which clients saw addresses last, whether any rule allows them or not: so that a refusal can say what was
/// wanted. Bounded; what was seen longest ago goes first.
class Seen {
public:
    explicit Seen(std::size_t most) : most_(most) {}

    void note(const IpAddress& client, const IpAddress& address, std::shared_ptr<const DnsName> name);
    [[nodiscard]] std::optional<DnsName> name_of(const IpAddress& client, const IpAddress& address) const;
    [[nodiscard]] std::size_t size() const { return entries_.size(); }

private:
    struct Pair {
        IpAddress client = {};
        IpAddress address = {};
        bool operator==(const Pair&) const = default;
    };
    struct Hash {
        std::size_t operator()(const Pair& pair) const
        {
            constexpr std::size_t odd = 0x9e37'79b9'7f4a'7c15U; // 2^64 divided by the golden ratio
            return std::hash<IpAddress>{}(pair.address) * odd + std::hash<IpAddress>{}(pair.client);
        }
    };
    struct Entry {
        std::shared_ptr<const DnsName> name = {};
        std::list<Pair>::iterator turn = {};
    };

    std::size_t most_;
    std::unordered_map<Pair, Entry, Hash> entries_;
    std::list<Pair> turns_; ///< the longest ago first
};

} // namespace linkspan::egress
