#include "takeover/probe_responder.h"

#include <algorithm>
#include <netinet/in.h>
#include <string_view>
#include <sys/socket.h>

namespace linkspan::takeover {
namespace {

constexpr auto limit = std::chrono::seconds{5}; ///< of a connection
constexpr std::string_view answer = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 7\r\n"
                                    "Cache-Control: no-store\r\nConnection: close\r\n\r\nactive\n";

Result<Fd> listen_on(int family, std::uint16_t port)
{
    Fd fd{::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (!fd) return sys_error(errno, "make a socket for health probes");
    const int on = 1, off = 0;
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in6 six{};
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(port);
    sockaddr_in four{};
    four.sin_family = AF_INET;
    four.sin_port = htons(port);
    if (family == AF_INET6) ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    const auto* address =
        family == AF_INET6 ? reinterpret_cast<const sockaddr*>(&six) : reinterpret_cast<const sockaddr*>(&four);
    const auto size = static_cast<socklen_t>(family == AF_INET6 ? sizeof six : sizeof four);
    if (::bind(fd.get(), address, size) != 0 || ::listen(fd.get(), ProbeResponder::backlog) != 0)
        return sys_error(errno, "listen for health probes on TCP port " + std::to_string(port));
    return fd;
}

} // namespace

Result<std::unique_ptr<ProbeResponder>> ProbeResponder::open(std::uint16_t port, std::function<Monotonic()> now)
{
    auto readiness = Readiness::open();
    TRY(readiness);
    return std::unique_ptr<ProbeResponder>{new ProbeResponder(std::move(*readiness), port, std::move(now))};
}

Result<> ProbeResponder::set_active(bool active)
{
    if (active == static_cast<bool>(listener_)) return {};
    if (!active) {
        readiness_.forget(listener_.get());
        listener_ = Fd{};
        for (auto& connection : connections_) close(connection);
        readiness_.set_alarm({});
        return {};
    }
    auto listener = listen_on(AF_INET6, port_);
    if (!listener && listener.error().kind == Kind::Unsupported) listener = listen_on(AF_INET, port_); // no IPv6 here
    TRY(listener);
    TRY(readiness_.watch(listener->get(), true, false));
    listener_ = std::move(*listener);
    return {};
}

std::uint16_t ProbeResponder::port() const
{
    sockaddr_in6 address{};
    socklen_t size = sizeof address;
    if (!listener_ || ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
    return ntohs(address.sin6_port); // at the same place as sin_port
}

void ProbeResponder::process()
{
    for (const auto& ready : readiness_.poll()) {
        if (listener_ && ready.fd == listener_.get()) {
            accept_all();
            continue;
        }
        for (auto& connection : connections_)
            if (connection.fd && connection.fd.get() == ready.fd) serve(connection);
    }
    auto due = Monotonic::max();
    for (auto& connection : connections_) {
        if (connection.fd && now_() >= connection.since + limit) close(connection);
        if (connection.fd) due = std::min(due, connection.since + limit);
    }
    readiness_.set_alarm(due == Monotonic::max() ? std::nullopt : std::optional{due});
}

void ProbeResponder::accept_all()
{
    for (std::size_t turn = 0; turn < most_connections; ++turn) {
        Fd fd{::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)};
        if (!fd) return;
        auto slot = std::ranges::find_if(connections_, [](const auto& it) { return !it.fd; });
        if (slot == connections_.end()) {
            slot = std::ranges::min_element(connections_, {}, &Connection::since);
            close(*slot);
        }
        if (!readiness_.watch(fd.get(), true, false)) continue;
        *slot = {std::move(fd), now_(), false};
    }
}

void ProbeResponder::serve(Connection& connection)
{
    std::array<char, 1024> buffer{};
    const auto size = ::recv(connection.fd.get(), buffer.data(), buffer.size(), 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size <= 0) return close(connection);
    if (connection.answered) return; // the rest of what it asks is read and forgotten
    connection.answered = true;
    // It fits into any socket's buffer; a probe that does not take it has failed.
    (void)::send(connection.fd.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
    ::shutdown(connection.fd.get(), SHUT_WR);
}

void ProbeResponder::close(Connection& connection)
{
    if (!connection.fd) return;
    readiness_.forget(connection.fd.get());
    connection = {};
}

} // namespace linkspan::takeover
