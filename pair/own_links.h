#pragma once

#include "base/ids.h"
#include "base/ip.h"

#include <map>
#include <string>
#include <vector>

namespace linkspan::pair {

/// A link of this machine's, as clouds know it.
struct OwnLink {
    std::string mac = {}; ///< "0a:1b:2c:3d:4e:5f"; empty = it has none
    std::vector<IpAddress> addresses = {};
};
using OwnLinks = std::map<LinkName, OwnLink>;

/// As the kernel has them now.
[[nodiscard]] OwnLinks own_links();

} // namespace linkspan::pair
