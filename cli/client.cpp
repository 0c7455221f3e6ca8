#include "cli/client.h"

#include "base/fd.h"

#include <systemd/sd-bus.h>

#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <string_view>

namespace linkspan::cli {
namespace {

constexpr const char* service = "org.linkspan.Gateway1";
constexpr const char* path = "/org/linkspan/Gateway1";
constexpr std::string_view error_prefix = "org.linkspan.Error.";

using Message = Handle<sd_bus_message, sd_bus_message_unref>;

struct BusError {
    sd_bus_error error = SD_BUS_ERROR_NULL;
    BusError() = default;
    BusError(const BusError&) = delete;
    BusError& operator=(const BusError&) = delete;
    ~BusError() { sd_bus_error_free(&error); }
};

std::unexpected<Error> no_answer(const std::string& socket, int err)
{
    if (err == EACCES || err == EPERM)
        return failure(Kind::Permission, socket + " is for root only: run this as root, or with sudo");
    if (err == ETIMEDOUT)
        return failure(Kind::Timeout,
                       "the agent did not answer in time: it is busy, or it hangs (journalctl -u linkspand)");
    return failure(Kind::Disconnected,
                   "the agent does not answer on " + socket + ": is linkspand running? (systemctl status linkspand)");
}

Result<Fd> connected_socket(const std::string& socket)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socket.size() >= sizeof(address.sun_path))
        return failure(Kind::Config, "the socket path " + socket + " is longer than a unix socket's path may be");
    socket.copy(address.sun_path, socket.size());
    Fd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (!fd) return sys_error(errno, "cannot make a unix socket");
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) < 0)
        return no_answer(socket, errno);
    return fd;
}

Kind kind_of(std::string_view name)
{
    struct Named {
        std::string_view name;
        Kind kind;
    };
    constexpr std::array kinds{
        Named{"Config", Kind::Config},   Named{"NotFound", Kind::NotFound},     Named{"Exists", Kind::Exists},
        Named{"Busy", Kind::Busy},       Named{"Permission", Kind::Permission}, Named{"Unsupported", Kind::Unsupported},
        Named{"Kernel", Kind::Kernel},   Named{"Protocol", Kind::Protocol},     Named{"Timeout", Kind::Timeout},
        Named{"Overrun", Kind::Overrun}, Named{"Disconnected", Kind::Protocol}, Named{"Foreign", Kind::Foreign},
    };
    for (const Named& known : kinds)
        if (known.name == name) return known.kind;
    return Kind::Bug;
}

/// The agent's own refusals carry its Error; everything else is about the way there.
std::unexpected<Error> failed_call(const sd_bus_error& error, int err, const std::string& socket)
{
    const std::string_view name = error.name == nullptr ? "" : error.name;
    const std::string what = error.message == nullptr ? std::string(name) : error.message;
    if (name.starts_with(error_prefix)) return failure(kind_of(name.substr(error_prefix.size())), what);
    if (name == SD_BUS_ERROR_UNKNOWN_METHOD || name == SD_BUS_ERROR_UNKNOWN_OBJECT)
        return failure(Kind::Unsupported, "the agent does not know this: it is of another version (" + what + ")");
    if (name == SD_BUS_ERROR_NO_REPLY || name == SD_BUS_ERROR_TIMEOUT) return no_answer(socket, ETIMEDOUT);
    return no_answer(socket, err);
}

} // namespace

Result<Client> Client::connect(const std::string& socket)
{
    auto fd = connected_socket(socket);
    TRY(fd);
    sd_bus* raw = nullptr;
    if (const int r = sd_bus_new(&raw); r < 0) return sys_error(-r, "cannot make a bus connection");
    Client client{raw, socket};
    if (const int r = sd_bus_set_fd(raw, fd->get(), fd->get()); r < 0) return sys_error(-r, "cannot use " + socket);
    (void)fd->release();
    if (const int r = sd_bus_start(raw); r < 0) return no_answer(socket, -r);
    return client;
}

Result<std::string> Client::call(const char* method, std::chrono::microseconds timeout)
{
    return call(method, [](sd_bus_message*) { return 0; }, timeout);
}

Result<std::string> Client::call(const char* method, const std::string& argument, std::chrono::microseconds timeout)
{
    return call(
        method,
        [&](sd_bus_message* call) { return sd_bus_message_append_basic(call, SD_BUS_TYPE_STRING, argument.c_str()); },
        timeout);
}

Result<std::string> Client::ask_why(const std::string& source, const std::string& target, const std::string& protocol,
                                    std::uint16_t port, std::chrono::microseconds timeout)
{
    return call(
        "EgressWhy",
        [&](sd_bus_message* call) {
            return sd_bus_message_append(call, "sssq", source.c_str(), target.c_str(), protocol.c_str(), port);
        },
        timeout);
}

Result<std::string> Client::call(const char* method, const Append& append, std::chrono::microseconds timeout)
{
    sd_bus_message* raw = nullptr;
    int r = sd_bus_message_new_method_call(bus_.get(), &raw, service, path, service, method);
    const Message message{raw};
    if (r >= 0) r = append(raw);
    if (r < 0) return sys_error(-r, "cannot ask the agent");
    BusError refusal;
    sd_bus_message* raw_reply = nullptr;
    r = sd_bus_call(bus_.get(), message.get(), static_cast<std::uint64_t>(timeout.count()), &refusal.error, &raw_reply);
    const Message reply{raw_reply};
    if (r < 0) return failed_call(refusal.error, -r, socket_);
    const char* text = "";
    if (sd_bus_message_is_empty(reply.get()) == 0)
        if (r = sd_bus_message_read_basic(reply.get(), SD_BUS_TYPE_STRING, &text); r < 0)
            return failure(Kind::Protocol, "the agent's answer cannot be read");
    return text;
}

} // namespace linkspan::cli
