#pragma once

#include "base/error.h"
#include "ike/socket.h"

#include <chrono>
#include <string>

namespace linkspan::ike {

/// Tells that something changed in charon, and nothing more: what is true now is asked with `observe`. A connection of
/// its own, because an event may arrive at any time.
/// Never registers for `control-log` or `log`: 5.9.8 can deadlock in the one, and goes round in circles in the other when
/// its client dies (docs/adr/0010-causes.md).
class Events {
public:
    [[nodiscard]] static Result<Events> connect(const std::string& path,
                                                std::chrono::milliseconds timeout = std::chrono::milliseconds{5000});

    /// Readable when there is something to drain, charon's end included. -1 once the connection is gone.
    [[nodiscard]] int fd() const { return socket_.fd(); }
    /// Reads all that is here, without waiting. True if any of it was an event. After an error the object is useless.
    [[nodiscard]] Result<bool> drain();

private:
    explicit Events(Socket socket) : socket_(std::move(socket)) {}

    Socket socket_;
    bool early_ = false; ///< an event came before the last registration was confirmed
};

} // namespace linkspan::ike
