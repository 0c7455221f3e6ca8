#include "ha/announce.h"

#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace linkspan::ha {
namespace {

ifreq request_about(const LinkName& link)
{
    ifreq request{};
    std::memcpy(request.ifr_name, link.value.data(), std::min<std::size_t>(link.value.size(), IFNAMSIZ - 1));
    return request;
}

} // namespace

/// Protocol 0: it receives nothing.
Result<Announcer> Announcer::open()
{
    Fd socket{::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    if (!socket) return sys_error(errno, "open a socket for announcements");
    return Announcer{std::move(socket)};
}

Result<> Announcer::announce(const LinkName& link, const IpAddress& address) const
{
    const auto what = [&] { return "announce " + address.text() + " on " + link.value; };
    auto request = request_about(link);
    if (::ioctl(socket_.get(), SIOCGIFINDEX, &request) != 0) return sys_error(errno, what());
    const int index = request.ifr_ifindex;
    request = request_about(link);
    if (::ioctl(socket_.get(), SIOCGIFHWADDR, &request) != 0) return sys_error(errno, what());
    Mac mac{};
    std::memcpy(mac.data(), request.ifr_hwaddr.sa_data, mac.size());
    for (const auto& frame : announcements(address, mac)) {
        sockaddr_ll to{};
        to.sll_family = AF_PACKET;
        to.sll_ifindex = index;
        to.sll_halen = mac.size();
        std::memcpy(to.sll_addr, frame.data(), mac.size());
        if (::sendto(socket_.get(), frame.data(), frame.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to) <
            0)
            return sys_error(errno, what());
    }
    return {};
}

} // namespace linkspan::ha
