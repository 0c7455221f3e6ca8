#pragma once

#include "base/error.h"
#include "ike/socket.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace linkspan::ike {

/// Commands whose answers nobody waits for, and whose refusals nobody hears: a `rekey` waits for each IKE_SA that a thread of charon's
/// is just working on, so its answer takes a minute where dozens are. A connection of its own; charon does one after the other.
class Orders {
public:
    [[nodiscard]] static Result<Orders> connect(const std::string& path);

    /// Hands it over. After an error the object is useless.
    [[nodiscard]] Result<> give(std::string_view command, const Message& message);
    /// Readable when there is something to drain, charon's end included. -1 once the connection is gone.
    [[nodiscard]] int fd() const { return socket_.fd(); }
    /// Reads away the answers that are here. After an error the object is useless.
    [[nodiscard]] Result<> drain();
    [[nodiscard]] std::size_t unanswered() const { return unanswered_; }

private:
    explicit Orders(Socket socket) : socket_(std::move(socket)) {}

    Socket socket_;
    std::size_t unanswered_ = 0;
};

} // namespace linkspan::ike
