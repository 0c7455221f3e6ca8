#pragma once

#include "base/fd.h"
#include "config/ha.h"
#include "service/loop.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace linkspan::pair {

/// The UDP sockets between the two gateways of a pair, one for each path, from our address on it to the other's. They are
/// opened again whenever they are found wanting: a path's address may come late, or go and come.
class Link {
public:
    using Receive = std::function<void(std::uint8_t path, std::span<const std::uint8_t> datagram)>;

    Link(service::Loop& loop, config::HaNode self, std::vector<config::HeartbeatPath> paths, std::uint16_t port,
         Receive receive);
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;

    /// On every path; what one of them cannot take is lost, as on the wire.
    void send(std::string_view datagram);
    /// Takes in what has come by now.
    void listen();

private:
    struct Path {
        IpAddress own = {}, peer = {};
        Fd socket = {};
        service::Loop::Source readable = {}; ///< ends before the socket does
    };
    [[nodiscard]] Result<> open(std::size_t index);
    void listen(std::size_t index);

    service::Loop& loop_;
    std::uint16_t port_;
    Receive receive_;
    std::vector<Path> paths_;
};

} // namespace linkspan::pair
