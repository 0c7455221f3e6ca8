#include "pair/link.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <sys/socket.h>

namespace linkspan::pair {
namespace {

/// No legitimate datagram is longer; a longer one is cut, and then not authentic.
constexpr std::size_t longest = 2048;
/// Bytes that wait for us, as the kernel counts them: copies that come together push no heartbeat out.
constexpr int receive_buffer = 2 << 20;
/// Per wake-up, so that a flood cannot keep the clock's ticks from being heard.
constexpr int most_at_once = 64;

struct SocketAddress {
    sockaddr_storage storage = {};
    socklen_t size = 0;
};

SocketAddress socket_address(const IpAddress& address, std::uint16_t port)
{
    SocketAddress result;
    if (address.family == Family::V4) {
        auto& in = reinterpret_cast<sockaddr_in&>(result.storage);
        in.sin_family = AF_INET;
        in.sin_port = htons(port);
        std::memcpy(&in.sin_addr, address.bytes.data(), 4);
        result.size = sizeof in;
    } else {
        auto& in = reinterpret_cast<sockaddr_in6&>(result.storage);
        in.sin6_family = AF_INET6;
        in.sin6_port = htons(port);
        std::memcpy(&in.sin6_addr, address.bytes.data(), 16);
        result.size = sizeof in;
    }
    return result;
}

} // namespace

Link::Link(service::Loop& loop, config::HaNode self, std::vector<config::HeartbeatPath> paths, std::uint16_t port,
           Receive receive)
    : loop_(loop), port_(port), receive_(std::move(receive))
{
    for (const auto& path : paths) {
        const auto first = path.first.value_or(IpAddress{}), second = path.second.value_or(IpAddress{});
        const bool is_first = self == config::HaNode::First;
        paths_.push_back({is_first ? first : second, is_first ? second : first, {}, {}});
    }
    for (std::size_t i = 0; i < paths_.size(); ++i) (void)open(i); // `send` tries again
}

/// Connected: the kernel drops what others send, before anything of it is looked at.
Result<> Link::open(std::size_t index)
{
    auto& path = paths_[index];
    Fd fd{::socket(address_family(path.own.family), SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    if (!fd) return sys_error(errno, "open a heartbeat's socket");
    const int urgent = IPTOS_CLASS_CS6, on = 1;
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUFFORCE, &receive_buffer, sizeof receive_buffer);
    if (path.own.family == Family::V4)
        ::setsockopt(fd.get(), IPPROTO_IP, IP_TOS, &urgent, sizeof urgent);
    else
        ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_TCLASS, &urgent, sizeof urgent);
    const auto own = socket_address(path.own, port_), peer = socket_address(path.peer, port_);
    if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&own.storage), own.size) != 0)
        return sys_error(errno, "hear heartbeats at " + path.own.text());
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&peer.storage), peer.size) != 0)
        return sys_error(errno, "send heartbeats to " + path.peer.text());
    auto readable = loop_.on_readable(fd.get(), [this, index] { listen(index); }, service::Loop::Priority::High);
    TRY(readable);
    path.readable = std::move(*readable);
    path.socket = std::move(fd);
    return {};
}

void Link::listen(std::size_t index)
{
    std::array<std::uint8_t, longest> buffer;
    for (int i = 0; i < most_at_once; ++i) {
        const auto size = ::recv(paths_[index].socket.get(), buffer.data(), buffer.size(), 0);
        if (size < 0) return; // nothing more, or the path's own refusals: the next send tells
        receive_(static_cast<std::uint8_t>(index), std::span{buffer}.first(static_cast<std::size_t>(size)));
    }
}

void Link::listen()
{
    for (std::size_t i = 0; i < paths_.size(); ++i)
        if (paths_[i].socket) listen(i);
}

void Link::send(std::string_view datagram)
{
    for (std::size_t i = 0; i < paths_.size(); ++i) {
        auto& path = paths_[i];
        if (!path.socket && !open(i)) continue;
        if (::send(path.socket.get(), datagram.data(), datagram.size(), MSG_NOSIGNAL) >= 0 || errno == ECONNREFUSED)
            continue; // refused: the other's agent is not there
        if (errno != EAGAIN && errno != ENOBUFS) {
            path.readable.reset();
            path.socket = {}; // its address or link went: opened anew by the next
        }
    }
}

} // namespace linkspan::pair
