#pragma once

#include "base/ip.h"

#include <boost/json/fwd.hpp>

#include <string>
#include <vector>

namespace linkspan::cli {

/// One meaning of an address, under a connection's mapped NAT.
struct NatMeaning {
    std::string connection = {};
    bool ours = false;       ///< a host of ours, else of the peer's
    bool asked_here = false; ///< the address asked for is what this side calls it, else what the peer's side does
    IpAddress here = {};     ///< as this side calls it
    IpAddress there = {};    ///< as the peer's side calls it
};

/// Who an address is, by the mappings in the agent's answer to `status`, on either side. Pure.
[[nodiscard]] std::vector<NatMeaning> meanings_of(const boost::json::object& gateway, const IpAddress& address);

/// A line for each.
[[nodiscard]] std::string render_meanings(const IpAddress& address, const std::vector<NatMeaning>& meanings);
[[nodiscard]] std::string json_of(const IpAddress& address, const std::vector<NatMeaning>& meanings);

} // namespace linkspan::cli
