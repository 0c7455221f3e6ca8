#pragma once

#include "base/error.h"
#include "ike/cause.h"
#include "ike/socket.h"

#include <chrono>
#include <string>
#include <vector>

namespace linkspan::ike {

/// Charon's log as events, on a connection of its own, which its end alone unregisters. Charon tells what it logs at its
/// default level, whatever its own logs are set to: nothing secret, and some lines for every message of every SA. It
/// keeps what is not read, so whoever listens reads, or hangs up.
///
/// This is `log`, which charon 5.9.8 sends from a job of its own. `control-log`, which it sends while it holds the lock of
/// all loggers, can deadlock it (strongswan#566).
class Log {
public:
    [[nodiscard]] static Result<Log> connect(const std::string& path,
                                             std::chrono::milliseconds timeout = std::chrono::milliseconds{5000});

    [[nodiscard]] int fd() const { return socket_.fd(); }
    /// All that is here, without waiting. After an error the object is useless.
    [[nodiscard]] Result<std::vector<LogLine>> read();

private:
    explicit Log(Socket socket) : socket_(std::move(socket)) {}

    Socket socket_;
    std::vector<LogLine> early_; ///< told before the registration was confirmed
};

} // namespace linkspan::ike
