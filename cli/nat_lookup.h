#pragma once

#include "base/ip.h"

#include <boost/json/fwd.hpp>

#include <cstddef>
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

/// What a rule of a connection's custom mapping makes of an address, or has made into it.
struct RuleMeaning {
    std::string connection = {};
    std::size_t rule = 0; ///< counted from 1
    bool from_here = true;
    bool is_source = false; ///< of the host that begins, else of the one that is reached
    bool is_result = false; ///< what the rule writes, else what it finds
    std::string other = {}; ///< the other of the two: an address, or several
};
[[nodiscard]] std::vector<RuleMeaning> rule_meanings_of(const boost::json::object& gateway, const IpAddress& address);

/// A line for each.
[[nodiscard]] std::string render_meanings(const IpAddress& address, const std::vector<NatMeaning>& meanings,
                                          const std::vector<RuleMeaning>& rules);
[[nodiscard]] std::string json_of(const IpAddress& address, const std::vector<NatMeaning>& meanings,
                                  const std::vector<RuleMeaning>& rules);

} // namespace linkspan::cli
