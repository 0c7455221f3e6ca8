#pragma once

#include "base/ids.h"
#include "base/ip.h"

#include <cstdint>
#include <string>
#include <vector>

namespace linkspan::ike {

/// Passive: a copy of the other gateway's, by charon's ha plugin.
enum class IkeState { Connecting, Established, Rekeying, Deleting, Passive, Other };
enum class ChildState { Installed, Installing, Rekeying, Other };

/// A CHILD_SA as `list-sas` tells it.
struct ChildSa {
    std::string name = {};
    std::uint64_t unique_id = 0;
    Reqid reqid = {};
    ChildState state = ChildState::Other;
    Spi spi_in = {};
    Spi spi_out = {};
    bool encapsulated = false;   ///< NAT-T
    std::string algorithms = {}; ///< "AES_GCM_16-256" or "AES_CBC-128/HMAC_SHA2_256_128"
    std::uint64_t bytes_in = 0, bytes_out = 0, packets_in = 0, packets_out = 0;
    std::uint64_t age = 0;      ///< seconds since installed
    std::uint64_t rekey_in = 0; ///< seconds until rekeying; 0 = never or unknown
    std::vector<std::string> local_ts = {}, remote_ts = {};
    bool operator==(const ChildSa&) const = default;
};

/// True for one that carries traffic.
[[nodiscard]] inline bool is_up(const ChildSa& child)
{
    return child.state == ChildState::Installed || child.state == ChildState::Rekeying;
}

struct IkeSa {
    ConnectionName connection = {}; ///< empty while charon does not know yet whose a peer's attempt is
    std::uint64_t unique_id = 0;
    IkeState state = IkeState::Other;
    IpAddress local = {}, remote = {};
    std::string local_id = {}, remote_id = {};
    std::string algorithms = {};
    std::uint64_t spi_initiator = 0, spi_responder = 0;
    bool initiator = false;
    bool asking = false;         ///< a request of ours waits for its answer
    bool creating_child = false; ///< a CHILD_SA is being negotiated that is not among `children` yet
    std::uint64_t age = 0;       ///< seconds since established
    std::uint64_t rekey_in = 0;  ///< seconds
    std::vector<ChildSa> children = {};
    bool operator==(const IkeSa&) const = default;
};

/// True for one that was rekeyed: its successor has its CHILD_SAs, and it is about to go.
[[nodiscard]] inline bool is_replaced(const IkeSa& sa)
{
    return sa.children.empty() && (sa.state == IkeState::Other || sa.state == IkeState::Deleting);
}

/// Everything charon has, sorted by connection name, then unique id.
using SaView = std::vector<IkeSa>;

} // namespace linkspan::ike
