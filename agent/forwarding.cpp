#include "agent/forwarding.h"

#include <fstream>

namespace linkspan::agent {

std::map<Family, bool> read_forwarding()
{
    std::map<Family, bool> forwarding;
    for (const auto& [family, path] : {std::pair{Family::V4, "/proc/sys/net/ipv4/conf/all/forwarding"},
                                       std::pair{Family::V6, "/proc/sys/net/ipv6/conf/all/forwarding"}}) {
        std::ifstream file{path};
        if (int value = 0; file >> value) forwarding[family] = value != 0;
    }
    return forwarding;
}

} // namespace linkspan::agent
