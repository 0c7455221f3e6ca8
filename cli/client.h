#pragma once

#include "base/error.h"
#include "base/handle.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

extern "C" {
struct sd_bus;
struct sd_bus_message;
sd_bus* sd_bus_flush_close_unref(sd_bus* bus);
}

namespace linkspan::cli {

/// A connection to the agent's private socket.
class Client {
public:
    /// Disconnected: nobody answers there. Permission: the caller is not root. Both say what to do about it.
    [[nodiscard]] static Result<Client> connect(const std::string& socket);

    /// Calls a method of org.linkspan.Gateway1 that takes at most one string; answers its string, or an empty one.
    /// A refusal of the agent comes as the Error it was there.
    [[nodiscard]] Result<std::string> call(const char* method, std::chrono::microseconds timeout);
    [[nodiscard]] Result<std::string> call(const char* method, const std::string& argument,
                                           std::chrono::microseconds timeout);

    /// EgressWhy: what becomes of packets from `source` to `target`.
    [[nodiscard]] Result<std::string> ask_why(const std::string& source, const std::string& target,
                                              const std::string& protocol, std::uint16_t port,
                                              std::chrono::microseconds timeout);

private:
    using Append = std::function<int(sd_bus_message*)>;
    Client(sd_bus* bus, std::string socket) : bus_(bus), socket_(std::move(socket)) {}
    [[nodiscard]] Result<std::string> call(const char* method, const Append& append, std::chrono::microseconds timeout);

    Handle<sd_bus, sd_bus_flush_close_unref> bus_;
    std::string socket_;
};

} // namespace linkspan::cli
