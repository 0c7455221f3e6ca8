#include "bench/bare_dump.h"

#include "netlink/message.h"
#include "route/codec.h"
#include "vti/codec.h"
#include "xfrm/policy_codec.h"

#include <linux/netlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace linkspan::bench {
namespace {

int open_socket(int protocol)
{
    const int fd = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
    const int on = 1;
    ::setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof on);
    return fd;
}

std::optional<std::size_t> count(int fd, netlink::Message& message)
{
    alignas(nlmsghdr) static std::array<std::byte, 64 * 1024> buffer;
    message.header().nlmsg_flags |= NLM_F_DUMP;
    if (::send(fd, message.wire().data(), message.wire().size(), 0) < 0) return {};
    std::size_t objects = 0;
    while (true) {
        const auto length = ::recv(fd, buffer.data(), buffer.size(), 0);
        if (length < 0) return {};
        auto rest = static_cast<unsigned>(length);
        for (auto* m = reinterpret_cast<nlmsghdr*>(buffer.data()); NLMSG_OK(m, rest); m = NLMSG_NEXT(m, rest)) {
            if (m->nlmsg_type == NLMSG_ERROR) return {};
            if (m->nlmsg_type == NLMSG_DONE) return objects;
            ++objects;
        }
    }
}

} // namespace

BareDump::BareDump() : rtnl_(open_socket(NETLINK_ROUTE)), xfrm_(open_socket(NETLINK_XFRM)) {}

BareDump::~BareDump()
{
    ::close(rtnl_);
    ::close(xfrm_);
}

std::optional<std::size_t> BareDump::read_all()
{
    std::size_t sum = 0;
    netlink::Message message;
    const auto add = [&](int fd) {
        const auto objects = count(fd, message);
        sum += objects.value_or(0);
        return objects.has_value();
    };
    vti::encode_dump(message);
    bool good = add(rtnl_);
    for (const auto family : {Family::V4, Family::V6}) {
        route::encode_dump(message, route::AddressFilter{family, {}});
        good = add(rtnl_) && good;
        route::encode_dump(message, route::RouteFilter{.family = family});
        good = add(rtnl_) && good;
    }
    xfrm::encode_dump_policies(message);
    good = add(xfrm_) && good;
    if (!good) return {};
    return sum;
}

} // namespace linkspan::bench
