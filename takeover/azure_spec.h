#pragma once

#include "base/ip.h"

#include <string>
#include <vector>

namespace linkspan::takeover {

struct AzureRoute {
    std::string table = {}; ///< name of a route table of the resource group
    IpPrefix prefix = {};
    IpAddress next_hop = {}; ///< ours
    bool operator==(const AzureRoute&) const = default;
};

/// What of Azure follows the active gateway. Both gateways' interfaces and all else are in one resource group.
struct AzureSpec {
    std::string subscription = {};   ///< empty = the machine's own
    std::string resource_group = {}; ///< likewise
    std::string endpoint = "https://management.azure.com";
    std::string metadata = "http://169.254.169.254";
    std::string mac = {};                  ///< of the link that the addresses come to: "00:0d:3a:01:02:03"
    std::vector<IpAddress> addresses = {}; ///< secondary private addresses
    std::string public_address = {};       ///< name of a public IP; empty = none
    std::vector<AzureRoute> routes = {};
    bool operator==(const AzureSpec&) const = default;
};

} // namespace linkspan::takeover
