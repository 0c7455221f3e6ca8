#pragma once

#include "netlink/message.h"
#include "nft/rules_spec.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

struct nlmsghdr;

namespace linkspan::nft {

/// A session that the kernel tracks: its first packet as it came, and the answers it waits for.
struct Session {
    FirstPacket first = {};
    FirstPacket answer = {};          ///< `port`: the one it comes from, where the first packet's port went
    std::vector<std::byte> name = {}; ///< the kernel's own: its tuple, as it was told
    std::uint32_t id = 0;
    std::uint16_t zone = 0;
};

[[nodiscard]] std::optional<Session> decode_session(const nlmsghdr& message);
void encode_get_sessions(netlink::Message& message);
void encode_end_session(const Session& session, netlink::Message& message);

/// True where one of the networks has an end of the session, as it came or as it is answered.
[[nodiscard]] bool concerns(const Session& session, const std::set<IpPrefix>& networks);
/// True where the session is translated in another way than the rules would translate it now. Pure.
[[nodiscard]] bool is_stale(const Session& session, const Rules& rules);

} // namespace linkspan::nft
