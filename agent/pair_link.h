#pragma once

#include "agent/loop.h"
#include "base/fd.h"
#include "config/ha.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace linkspan::agent {

/// The UDP sockets between the two gateways of a pair, one for each path, from our address on it to the other's. They are
/// opened again whenever they are found wanting: a path's address may come late, or go and come.
class PairLink {
public:
    using Receive = std::function<void(std::uint8_t path, std::span<const std::uint8_t> datagram)>;

    PairLink(Loop& loop, config::HaNode self, std::vector<config::HeartbeatPath> paths, std::uint16_t port,
             Receive receive);
    PairLink(const PairLink&) = delete;
    PairLink& operator=(const PairLink&) = delete;

    /// On every path; what one of them cannot take is lost, as on the wire.
    void send(std::string_view datagram);
    /// Takes in what has come by now.
    void listen();

private:
    struct Path {
        IpAddress own = {}, peer = {};
        Fd socket = {};
        Loop::Source readable = {}; ///< ends before the socket does
    };
    [[nodiscard]] Result<> open(std::size_t index);
    void listen(std::size_t index);

    Loop& loop_;
    std::uint16_t port_;
    Receive receive_;
    std::vector<Path> paths_;
};

} // namespace linkspan::agent
