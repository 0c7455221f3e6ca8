#pragma once

#include "base/ip.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace linkspan::takeover {

/// An interface of this instance, by the address of its link ("0a:1b:2c:3d:4e:5f"): the instance metadata tells its id.
using Mac = std::string;

struct ElasticAddress {
    std::string allocation = {}; ///< "eipalloc-…"
    Mac mac = {};
    std::optional<IpAddress> address = {}; ///< the private one it stands for; none = the interface's first
    bool operator==(const ElasticAddress&) const = default;
};
struct SecondaryAddress {
    IpAddress address = {}; ///< IPv4
    Mac mac = {};
    bool operator==(const SecondaryAddress&) const = default;
};
struct TableRoute {
    std::string table = {}; ///< "rtb-…"
    IpPrefix prefix = {};
    Mac mac = {};
    bool operator==(const TableRoute&) const = default;
};

/// What of AWS follows the active gateway.
struct AwsSpec {
    std::string region = {};   ///< empty = the instance's own
    std::string endpoint = {}; ///< an https origin, of EC2; empty = the region's
    std::string metadata = "http://169.254.169.254";
    std::vector<ElasticAddress> elastic = {};
    std::vector<SecondaryAddress> addresses = {};
    std::vector<TableRoute> routes = {};
    bool operator==(const AwsSpec&) const = default;
};

} // namespace linkspan::takeover
