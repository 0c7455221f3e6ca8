#pragma once

#include "base/fd.h"
#include "base/ip.h"

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace linkspan::bench {

/// A network namespace with a thread in it, joined to the caller's by a veth pair: `near` with `gateway` here, `far` there.
struct Wire {
    std::string near = {};
    std::string gateway = {}; ///< with its prefix length; the other one's default route
    std::string host = {};    ///< with its prefix length
};

/// Answers every question with three addresses that nobody had before, from port 53 of `address` at the far end of a wire.
class Resolver {
public:
    Resolver(const Wire& wire, const std::string& address);
    ~Resolver();
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;

private:
    std::atomic<bool> ending_ = false;
    std::thread thread_;
};

/// What came of some questions.
struct Load {
    std::vector<double> latencies = {}; ///< seconds, rising
    double seconds = 0;                 ///< from the first question to the last answer
    std::size_t lost = 0;

    [[nodiscard]] double percentile(double part) const; ///< 0 < part <= 1
    [[nodiscard]] double rate() const;                  ///< answers a second
};

/// Asks for names that nobody has asked for, from the far end of a wire.
class Client {
public:
    explicit Client(const Wire& wire);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    /// So many a second, whatever comes back.
    [[nodiscard]] Load at_rate(const IpAddress& resolver, std::size_t questions, double rate);
    /// As fast as answers come, with so many on their way.
    [[nodiscard]] Load at_once(const IpAddress& resolver, std::size_t questions, std::size_t on_their_way);

private:
    template <typename May>
    [[nodiscard]] Load run(const IpAddress& resolver, std::size_t questions, May may);
    Fd home_;      ///< the caller's namespace
    Fd namespace_; ///< the client's
    std::uint32_t asked_ = 0;
};

} // namespace linkspan::bench
