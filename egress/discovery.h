#pragma once

#include "base/dns_name.h"
#include "base/ip.h"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace linkspan::egress {

/// Where hosts went while nothing was refused.
struct Used {
    std::string target = {}; ///< a name, or an address that no name led to
    std::uint8_t ip_protocol = 0;
    std::uint16_t port = 0;
    auto operator<=>(const Used&) const = default;
};

/// What discovery mode keeps: bounded, and what comes too late is counted, for the first thousands of names say what a
/// site is about.
class Discovery {
public:
    explicit Discovery(std::size_t most) : most_(most) {}

    void asked(const DnsName& name);
    void used(Used what);

    [[nodiscard]] const std::map<Used, std::uint64_t>& uses() const { return uses_; } ///< and how many sessions each
    [[nodiscard]] const std::map<std::string, std::uint64_t>& questions() const { return asked_; }
    [[nodiscard]] std::uint64_t left_out() const { return left_out_; }

private:
    std::size_t most_;
    std::map<Used, std::uint64_t> uses_;
    std::map<std::string, std::uint64_t> asked_;
    std::uint64_t left_out_ = 0;
};

} // namespace linkspan::egress
