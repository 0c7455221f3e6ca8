#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "base/fd.h"
#include "takeover/readiness.h"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>

namespace linkspan::takeover {

/// Answers a load balancer's health probe while this gateway is active, and is not there while it is not: then a probe is
/// refused. A probe over TCP is content with a connection, one over HTTP gets status 200 whatever it asks for. Prefer HTTP:
/// where the agent hangs the kernel still accepts `backlog` connections for it, but nobody answers them.
/// A fixed number of connections of a fixed size and time: nothing an outsider sends grows memory.
class ProbeResponder {
public:
    static constexpr std::size_t most_connections = 16; ///< a further one takes the place of the oldest
    static constexpr int backlog = 1;

    /// `port`: on all addresses, both families; 0 = any free one (for tests).
    [[nodiscard]] static Result<std::unique_ptr<ProbeResponder>> open(std::uint16_t port,
                                                                      std::function<Monotonic()> now);

    /// Stays the same, also while nothing listens.
    [[nodiscard]] int descriptor() const { return readiness_.descriptor(); }
    /// Begins or ends to listen. Ending also ends what is connected. An error: the port is somebody else's.
    [[nodiscard]] Result<> set_active(bool active);
    void process();
    /// The port it listens on; 0 = it does not.
    [[nodiscard]] std::uint16_t port() const;

private:
    struct Connection {
        Fd fd = {};
        Monotonic since = {};
        bool answered = false;
    };
    ProbeResponder(Readiness readiness, std::uint16_t port, std::function<Monotonic()> now)
        : readiness_(std::move(readiness)), port_(port), now_(std::move(now))
    {
    }
    void accept_all();
    void serve(Connection& connection);
    void close(Connection& connection);

    Readiness readiness_;
    std::uint16_t port_;
    std::function<Monotonic()> now_;
    Fd listener_ = {};
    std::array<Connection, most_connections> connections_ = {};
};

} // namespace linkspan::takeover
