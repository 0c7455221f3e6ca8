#include "agent/doh.h"

#include <array>
#include <string_view>
#include <vector>

namespace linkspan::agent {
namespace {

/// Google, Cloudflare (plain, with filters, Mozilla's), Quad9, OpenDNS, AdGuard, CleanBrowsing, NextDNS, bus::Control D,
/// dns0, DNS.SB, Mullvad: as their operators publish them.
constexpr std::array<std::string_view, 51> servers{"8.8.8.8/32",
                                                   "8.8.4.4/32",
                                                   "2001:4860:4860::8888/128",
                                                   "2001:4860:4860::8844/128",
                                                   "1.1.1.1/32",
                                                   "1.0.0.1/32",
                                                   "1.1.1.2/32",
                                                   "1.0.0.2/32",
                                                   "1.1.1.3/32",
                                                   "1.0.0.3/32",
                                                   "2606:4700:4700::/48",
                                                   "104.16.248.249/32",
                                                   "104.16.249.249/32",
                                                   "162.159.61.4/32",
                                                   "172.64.41.4/32",
                                                   "9.9.9.9/32",
                                                   "9.9.9.10/32",
                                                   "9.9.9.11/32",
                                                   "149.112.112.0/24",
                                                   "2620:fe::/48",
                                                   "208.67.222.222/32",
                                                   "208.67.220.220/32",
                                                   "208.67.222.123/32",
                                                   "208.67.220.123/32",
                                                   "146.112.41.2/32",
                                                   "2620:119:35::35/128",
                                                   "2620:119:53::53/128",
                                                   "94.140.14.14/32",
                                                   "94.140.15.15/32",
                                                   "94.140.14.15/32",
                                                   "94.140.15.16/32",
                                                   "94.140.14.140/32",
                                                   "94.140.14.141/32",
                                                   "2a10:50c0::/29",
                                                   "185.228.168.0/23",
                                                   "2a0d:2a00:1::/48",
                                                   "2a0d:2a00:2::/48",
                                                   "45.90.28.0/22",
                                                   "2a07:a8c0::/29",
                                                   "76.76.2.0/24",
                                                   "76.76.10.0/24",
                                                   "2606:1a40::/32",
                                                   "193.110.81.0/32",
                                                   "185.253.5.0/32",
                                                   "2a0f:fc80::/128",
                                                   "2a0f:fc81::/128",
                                                   "185.222.222.222/32",
                                                   "45.11.45.11/32",
                                                   "194.242.2.0/24",
                                                   "2a07:e340::/32",
                                                   "101.101.101.101/32"};

} // namespace

std::span<const IpPrefix> known_doh_servers()
{
    static const std::vector<IpPrefix> networks = [] {
        std::vector<IpPrefix> parsed;
        for (const auto text : servers)
            if (const auto prefix = IpPrefix::parse(text)) parsed.push_back(*prefix);
        return parsed;
    }();
    return networks;
}

} // namespace linkspan::agent
