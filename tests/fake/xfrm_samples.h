#pragma once

#include "base/ip.h"
#include "xfrm/policy_spec.h"

#include <map>
#include <random>
#include <string_view>

namespace linkspan::fake {

/// Policies to test with.

[[nodiscard]] inline IpAddress address(std::string_view text)
{
    return IpAddress::parse(text).value();
}

[[nodiscard]] inline IpPrefix prefix(std::string_view text)
{
    return IpPrefix::parse(text).value();
}

/// The policies that a connection has, found by mark (VTI) or by if_id (XFRM interface).
struct Connection {
    std::uint32_t id = 0x1234'abcd;
    bool by_mark = false;
    IpPrefix local = IpPrefix::any(Family::V4);
    IpPrefix remote = IpPrefix::any(Family::V4);
    IpAddress here = address("203.0.113.10");
    IpAddress peer = address("198.51.100.7");

    [[nodiscard]] xfrm::PolicySpec policy(xfrm::Direction direction, xfrm::Role role = xfrm::Role::Protect) const
    {
        const bool out = direction == xfrm::Direction::Out;
        xfrm::PolicySpec spec{.key = {.direction = direction,
                                      .role = role,
                                      .source = out ? local : remote,
                                      .destination = out ? remote : local,
                                      .mark = {by_mark ? id : 0},
                                      .if_id = {by_mark ? 0 : id}},
                              .connection = {"sample"}};
        if (role == xfrm::Role::Protect) spec.protect = xfrm::Template{out ? here : peer, out ? peer : here, Reqid{id}};
        return spec;
    }
    [[nodiscard]] xfrm::PolicySpec out() const { return policy(xfrm::Direction::Out); }
    [[nodiscard]] xfrm::PolicySpec block() const { return policy(xfrm::Direction::Out, xfrm::Role::Block); }

    [[nodiscard]] std::map<xfrm::PolicyKey, xfrm::PolicySpec> all() const
    {
        std::map<xfrm::PolicyKey, xfrm::PolicySpec> all;
        for (const auto& spec : {block(), out(), policy(xfrm::Direction::In), policy(xfrm::Direction::Forward)})
            all.emplace(spec.key, spec);
        return all;
    }
};

/// Any connection, from a small world, so that two draws often meet at the same keys.
[[nodiscard]] inline Connection any_connection(std::mt19937& random)
{
    const auto draw = [&](unsigned sides) { return static_cast<std::uint8_t>(random() % sides); };
    const auto family = draw(2) ? Family::V4 : Family::V6;
    const auto network = [&] {
        const auto bits = static_cast<std::uint8_t>(draw(3) * 8);
        IpAddress from{family, {10, draw(2)}};
        return IpPrefix::network_of(from, bits);
    };
    const auto host = [&] {
        IpAddress from{draw(2) ? Family::V4 : Family::V6, {192, 0, 2, draw(4)}};
        return from;
    };
    Connection made{.id = 0x1000'0000U + draw(4), .by_mark = draw(2) == 0};
    made.local = network();
    made.remote = network();
    made.here = host();
    made.peer = IpAddress{made.here.family, host().bytes};
    return made;
}

} // namespace linkspan::fake
