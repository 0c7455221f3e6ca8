#pragma once

#include "base/ip.h"

#include <span>
#include <vector>

namespace linkspan::egress {

/// Where no name of the Internet has any business to lead: networks that are private, of this host or this link alone,
/// shared by a carrier's customers, multicast, reserved, or hide an IPv4 address in themselves. Whoever owns a name decides
/// what it leads to; without this, a name on the list would open the way to a machine inside (DNS rebinding).
/// Documentation's networks are not among them: nobody is there to be reached.
[[nodiscard]] std::span<const IpPrefix> inward_networks();

/// Decides which addresses of an answer are let in.
class Guard {
public:
    /// `own` are networks that no answer may open: the gateway's addresses, its LANs, the resolvers. `opened` are those a
    /// person has named as right for names to lead to; they win over inward_networks(), not over `own`.
    Guard(std::vector<IpPrefix> own, std::vector<IpPrefix> opened) : own_(std::move(own)), opened_(std::move(opened)) {}

    [[nodiscard]] bool lets_in(const IpAddress& address) const;
    bool operator==(const Guard&) const = default;

private:
    std::vector<IpPrefix> own_;
    std::vector<IpPrefix> opened_;
};

} // namespace linkspan::egress
