#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "ike/packet.h"

#include <chrono>
#include <optional>
#include <span>
#include <string>

namespace linkspan::ike {

using Deadline = std::chrono::steady_clock::time_point;

/// A connection to charon's VICI socket that moves whole packets. VICI has no sequence numbers: after any failure
/// nobody knows which answer belongs to which request, so a failure closes the connection and every later call
/// answers Kind::Disconnected.
class Socket {
public:
    /// Kind::Disconnected where nobody listens (no such path, or refused), Kind::Busy where charon's backlog is full.
    /// That it worked does not prove that charon answers: the socket listens before charon is ready.
    [[nodiscard]] static Result<Socket> connect(const std::string& path);

    [[nodiscard]] Result<> send(PacketType type, std::string_view name, const Message& message, Deadline deadline);
    [[nodiscard]] Result<Packet> receive(Deadline deadline);
    /// The next packet if it is here already.
    [[nodiscard]] Result<std::optional<Packet>> poll();

    [[nodiscard]] int fd() const { return fd_.get(); } ///< -1 once closed

private:
    explicit Socket(Fd fd) : fd_(std::move(fd)) {}
    [[nodiscard]] Result<> send_all(std::span<const char> bytes, Deadline deadline);
    [[nodiscard]] Result<bool> read_some();
    [[nodiscard]] Result<> wait(short events, Deadline deadline);
    std::unexpected<Error> closed(Error error);

    Fd fd_;
    PacketReader reader_;
};

} // namespace linkspan::ike
