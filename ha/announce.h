#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "base/ids.h"
#include "base/ip.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

namespace linkspan::ha {

using Mac = std::array<std::uint8_t, 6>;
using EthernetFrame = std::vector<std::uint8_t>; ///< an Ethernet frame, all of it in network order

/// What tells every neighbour that `address` is at `mac` from now on. IPv4: a gratuitous ARP request and a reply, for there
/// are hosts and switches that heed only one of them. IPv6: an unsolicited neighbour advertisement to all nodes that
/// overrides what they know, and says router: without that, hosts would drop us from their default routers (RFC 4861).
[[nodiscard]] std::vector<EthernetFrame> announcements(const IpAddress& address, const Mac& mac);

/// When to announce after a takeover, counted from it: neighbours miss a frame, and switches learn late. Then every
/// `refresh`.
inline constexpr std::array<std::chrono::milliseconds, 5> announce_at{
    std::chrono::milliseconds{0}, std::chrono::milliseconds{50}, std::chrono::milliseconds{200},
    std::chrono::milliseconds{1000}, std::chrono::milliseconds{5000}};
inline constexpr std::chrono::milliseconds announce_refresh{20'000};
/// How long after announcement number `done` (from 1) the next one is due.
[[nodiscard]] std::chrono::milliseconds until_next_announcement(std::size_t done);

/// Sends announcements by a packet socket that is open from the start. Netfilter does not see them, so only who may speak
/// for the address may use it.
class Announcer {
public:
    [[nodiscard]] static Result<Announcer> open();
    /// All frames of `address` out of `link`.
    [[nodiscard]] Result<> announce(const LinkName& link, const IpAddress& address) const;
    /// For questions about links.
    [[nodiscard]] int descriptor() const { return socket_.get(); }

private:
    explicit Announcer(Fd socket) : socket_(std::move(socket)) {}
    Fd socket_;
};

} // namespace linkspan::ha
