#include "bus/socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <filesystem>

namespace linkspan::bus {
namespace {

Result<sockaddr_un> address_of(const std::string& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof(address.sun_path))
        return failure(Kind::Config, "the socket path " + path + " is longer than a unix socket's path may be");
    path.copy(address.sun_path, path.size());
    return address;
}

Result<Fd> stream_socket()
{
    Fd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    if (!fd) return sys_error(errno, "cannot make a unix socket");
    return fd;
}

/// Removes the socket of an agent that is gone.
Result<> clear_place(const sockaddr_un& address)
{
    struct stat status{};
    if (::lstat(address.sun_path, &status) < 0) return {};
    if (!S_ISSOCK(status.st_mode))
        return failure(Kind::Exists, std::string(address.sun_path) + " stands in the way and is not a socket");
    auto probe = stream_socket();
    TRY(probe);
    if (::connect(probe->get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 || errno == EAGAIN)
        return failure(Kind::Exists, "another linkspand answers on " + std::string(address.sun_path));
    ::unlink(address.sun_path);
    return {};
}

Result<> make_directory(const std::string& path)
{
    const auto directory = std::filesystem::path(path).parent_path();
    if (directory.empty() || ::mkdir(directory.c_str(), 0755) == 0 || errno == EEXIST) return {};
    return sys_error(errno, "cannot make " + directory.string());
}

} // namespace

Result<Fd> listen_private(const std::string& path)
{
    const auto address = address_of(path);
    TRY(address);
    TRY(make_directory(path));
    TRY(clear_place(*address));
    auto fd = stream_socket();
    TRY(fd);
    // Before bind: the file is made with this mode, so it is never open to others, not even for a moment.
    if (::fchmod(fd->get(), 0600) < 0) return sys_error(errno, "cannot restrict " + path);
    if (::bind(fd->get(), reinterpret_cast<const sockaddr*>(&*address), sizeof(*address)) < 0)
        return sys_error(errno, "cannot bind " + path);
    // While the agent is at work, clients queue here; sd-bus clients do not wait for a place in a full queue.
    if (::listen(fd->get(), SOMAXCONN) < 0) return sys_error(errno, "cannot listen on " + path);
    return fd;
}

Result<Fd> accept_peer(int listening)
{
    Fd peer{::accept4(listening, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)};
    if (!peer) return sys_error(errno, "cannot accept a client");
    ucred who{};
    socklen_t size = sizeof(who);
    if (::getsockopt(peer.get(), SOL_SOCKET, SO_PEERCRED, &who, &size) < 0)
        return sys_error(errno, "cannot tell who the client is");
    if (who.uid != 0 && who.uid != ::geteuid())
        return failure(Kind::Permission, "a client of user " + std::to_string(who.uid) + " was turned away");
    return peer;
}

} // namespace linkspan::bus
