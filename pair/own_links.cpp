#include "pair/own_links.h"

#include <array>
#include <cstdio>
#include <cstring>
#include <ifaddrs.h>
#include <memory>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <span>
#include <sys/socket.h>

namespace linkspan::pair {
namespace {

std::string mac_of(const sockaddr_ll& link)
{
    if (link.sll_halen != 6) return {};
    std::array<char, 18> text{};
    const auto* b = link.sll_addr;
    std::snprintf(text.data(), text.size(), "%02x:%02x:%02x:%02x:%02x:%02x", b[0], b[1], b[2], b[3], b[4], b[5]);
    return text.data();
}

void add(const sockaddr& address, OwnLink& into)
{
    std::array<std::uint8_t, 16> bytes{};
    std::size_t size = 0;
    if (address.sa_family == AF_PACKET) {
        into.mac = mac_of(reinterpret_cast<const sockaddr_ll&>(address));
    } else if (address.sa_family == AF_INET) {
        size = 4;
        std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in&>(address).sin_addr, size);
    } else if (address.sa_family == AF_INET6) {
        size = 16;
        std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr, size);
    }
    if (size != 0) into.addresses.push_back(IpAddress::from_bytes(std::span{bytes}.first(size)));
}

} // namespace

OwnLinks own_links()
{
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0) return {};
    const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owner{list, ::freeifaddrs};
    OwnLinks own;
    for (const auto* at = list; at; at = at->ifa_next)
        if (at->ifa_addr) add(*at->ifa_addr, own[LinkName{at->ifa_name}]);
    return own;
}

} // namespace linkspan::pair
