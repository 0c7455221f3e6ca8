#include "ike/socket.h"

#include <algorithm>
#include <array>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace linkspan::ike {
namespace {

/// Milliseconds for poll(2), rounded up so that it never wakes before the deadline; 0 once it has passed.
int poll_timeout(Deadline deadline)
{
    using namespace std::chrono;
    auto left = ceil<milliseconds>(deadline - steady_clock::now()).count();
    return static_cast<int>(std::clamp<decltype(left)>(left, 0, 3'600'000));
}

} // namespace

Result<Socket> Socket::connect(const std::string& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return failure(Kind::Config, "the socket path " + path + " is too long");
    std::ranges::copy(path, address.sun_path);

    Fd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (!fd) return sys_error(errno, "a socket to charon");
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0) {
        const int err = errno;
        auto error = sys_error(err, "charon at " + path);
        if (err == ENOENT) error.error().kind = Kind::Disconnected;
        return error;
    }
    return Socket{std::move(fd)};
}

Result<> Socket::send(PacketType type, std::string_view name, const Message& message, Deadline deadline)
{
    auto packet = encode_packet(type, name, message); // what cannot be encoded was not sent: the connection stays good
    TRY(packet);
    if (!fd_) return failure(Kind::Disconnected, "the connection to charon is closed");
    return send_all(std::as_const(*packet).bytes(), deadline);
}

Result<> Socket::send_all(std::span<const char> bytes, Deadline deadline)
{
    while (!bytes.empty()) {
        const auto sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent >= 0)
            bytes = bytes.subspan(static_cast<std::size_t>(sent));
        else if (errno == EAGAIN)
            TRY(wait(POLLOUT, deadline));
        else if (errno != EINTR)
            return closed(sys_error(errno, "sending to charon").error());
    }
    return {};
}

Result<Packet> Socket::receive(Deadline deadline)
{
    for (;;) {
        auto packet = poll();
        TRY(packet);
        if (*packet) return std::move(**packet);
        TRY(wait(POLLIN, deadline));
    }
}

Result<std::optional<Packet>> Socket::poll()
{
    if (!fd_) return failure(Kind::Disconnected, "the connection to charon is closed");
    for (;;) {
        auto packet = reader_.next();
        if (!packet) return closed(std::move(packet).error());
        if (*packet) return packet;
        auto read = read_some();
        TRY(read);
        if (!*read) return std::nullopt;
    }
}

/// False where nothing is here to be read.
Result<bool> Socket::read_some()
{
    std::array<char, 65536> chunk;
    const auto got = ::recv(fd_.get(), chunk.data(), chunk.size(), 0);
    if (got > 0) {
        reader_.feed(std::span{chunk}.first(static_cast<std::size_t>(got)));
        return true;
    }
    if (got == 0) return closed({Kind::Disconnected, 0, "charon closed the connection"});
    if (errno == EINTR) return true;
    if (errno == EAGAIN) return false;
    return closed(sys_error(errno, "reading from charon").error());
}

Result<> Socket::wait(short events, Deadline deadline)
{
    for (;;) {
        pollfd entry{fd_.get(), events, 0};
        const int ready = ::poll(&entry, 1, poll_timeout(deadline));
        if (ready > 0) return {};
        if (ready == 0) return closed({Kind::Timeout, ETIMEDOUT, "charon did not answer in time"});
        if (errno != EINTR) return closed(sys_error(errno, "waiting for charon").error());
    }
}

std::unexpected<Error> Socket::closed(Error error)
{
    fd_ = Fd{};
    return std::unexpected(std::move(error));
}

} // namespace linkspan::ike
