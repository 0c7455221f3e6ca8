#pragma once

#include "base/ids.h"
#include "base/ip.h"
#include "base/mapping_rule.h"
#include "base/proposal.h"
#include "base/traffic_selector.h"
#include "config/egress.h"
#include "config/ha.h"
#include "config/secret_source.h"
#include "config/source_pos.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace linkspan::config {

/// The person's files as values: defaults filled in, everything that can be checked without the kernel checked.
/// What depends on the world (an uplink's address, say) is left open and met with Facts in agent/compile.

enum class Mode {
    Route,  ///< a tunnel link; routes decide what goes through it
    Policy, ///< no link; pairs of networks decide, whatever the routes
};
enum class Selectors {
    Combined, ///< one CHILD_SA for all pairs of networks
    Each,     ///< one CHILD_SA for each: some peers know no other way
};
enum class Interface { Vti, Xfrm };
enum class Start { Always, OnDemand, Respond };
enum class NatTraversal {
    Auto,  ///< charon detects NAT; the MTU leaves room for the UDP header
    Force, ///< UDP encapsulation always
    None,  ///< the person knows there is no NAT: the MTU does not pay for one
};

enum class Fragmentation { Yes, No, Force }; ///< of IKE messages
enum class CopyDscp { Out, In, Yes, No };    ///< between the inner and the outer header of a packet
enum class Revocation {
    Strict,
    IfUri,
    Relaxed
}; ///< what becomes of a peer whose certificate's status cannot be learnt

/// Whose defaults a connection has (config/profile.h).
enum class Vendor { Generic, Aws, Azure, Gcp, Aviatrix };

/// What a vendor says is the largest that passes its gateway, in bytes; 0 = it says nothing.
struct Ceilings {
    std::uint32_t outer = 0; ///< an encrypted packet with its outer headers
    std::uint32_t mtu = 0;   ///< a packet inside; `mtu` in the file overrides it
    std::uint16_t mss = 0;   ///< `mss` in the file overrides it
};

/// Echo requests through the tunnel that tell whether it carries packets.
struct Probe {
    IpAddress target = {};                   ///< at the far end
    std::chrono::milliseconds interval{200}; ///< from 50 to 10,000
    std::uint32_t lost = 3;                  ///< so many in a row without an answer: the tunnel is dead
    bool operator==(const Probe&) const = default;
};

/// A network and the one that the other side sees in its place; of one length, and the hosts keep their numbers.
struct NatMapping {
    IpPrefix real = {};
    IpPrefix virt = {};
    auto operator<=>(const NatMapping&) const = default;
};

/// Mapped NAT of a connection.
struct ConnectionNat {
    std::vector<NatMapping> local = {};  ///< our networks, and what the peer sees
    std::vector<NatMapping> remote = {}; ///< the peer's networks, and what our hosts see
    std::vector<MappingRule> rules = {}; ///< sessions that are translated otherwise, by what begins them
    [[nodiscard]] bool empty() const { return local.empty() && remote.empty() && rules.empty(); }
    bool operator==(const ConnectionNat&) const = default;
};

/// Authentication by certificate: where everything is.
struct X509Source {
    NamedFile certificate = {}; ///< ours, with its intermediates behind it
    SecretSource key = {};
    std::vector<NamedFile> ca = {};    ///< the only ones that may vouch for the peer
    NamedFile remote_certificate = {}; ///< the only one the peer may show
    std::vector<NamedFile> crl = {};
    Revocation revocation = Revocation::Relaxed;
};

/// How IKE is spoken, apart from who and with which keys.
struct IkeSettings {
    std::uint32_t version = 2; ///< 1 or 2
    bool aggressive = false;   ///< version 1 only
    Fragmentation fragmentation = Fragmentation::Yes;
    std::uint8_t dscp = 0; ///< of IKE packets, 0 to 63
};

/// What the SAs that carry packets do, apart from their ciphers.
struct SaSettings {
    std::uint64_t bytes = 0;   ///< renewed after so many; 0 = no limit
    std::uint64_t packets = 0; ///< likewise
    CopyDscp copy_dscp = CopyDscp::Out;
    bool copy_df = true;
    bool copy_ecn = true;
};

/// What `peer` says where the peer may come from any address.
inline constexpr std::string_view any_peer = "%any";

struct Gateway {
    std::string name = {};                 ///< for people; default: empty, meaning the host's name
    LinkName uplink = {};                  ///< required
    std::vector<IpAddress> addresses = {}; ///< at most one of each family; missing = the uplink's first global one
    std::vector<LinkName> lan = {};
    SourcePos pos = {};
};

/// How to reach charon.
struct Ike {
    std::string socket = "/run/linkspan-ike/charon.vici";
};

struct Connection {
    ConnectionName name = {};
    ConnectionId id = {}; ///< of the name, or as written
    bool enabled = true;
    Vendor profile = Vendor::Generic;
    Mode mode = Mode::Route;
    Selectors selectors = Selectors::Combined; ///< in policy mode
    Interface interface = Interface::Vti;      ///< in route mode
    LinkName device = {};                      ///< as written, or device_of(name, id); empty in policy mode
    IpAddress peer = {};        ///< unspecified while it is not known: of a name, or of a peer of any address
    std::string peer_name = {}; ///< a host name; then `peer` is what it resolved to last
    bool peer_any = false;      ///< of any address; then `peer` is that of the one that is up, or was last
    std::optional<IpAddress> local_address = {}; ///< as written; else the gateway's address of the peer's family
    std::optional<ConnectionName> through = {};  ///< the one whose tunnel leads to the peer; none = the uplink does
    SecretSource psk = {};                       ///< none where there is an `x509` or `keys`
    std::optional<X509Source> x509 = {};
    SecretSource keys = {};     ///< static keys; exactly one of the three
    std::string local_id = {};  ///< empty = the local address, or the certificate's subject
    std::string remote_id = {}; ///< empty = the peer's address; never empty with `x509`
    /// As this side knows them: ours are real, those of the peer virtual where `nat` maps them. Protocols and ports in
    /// policy mode only.
    std::vector<TrafficSelector> local_subnets = {};  ///< ours; picks the source address of the gateway's own packets
    std::vector<TrafficSelector> remote_subnets = {}; ///< at least one
    ConnectionNat nat = {};
    std::vector<IpInterface> tunnel_addresses = {}; ///< at most one of each family
    Start start = Start::Always;
    NatTraversal nat_traversal = NatTraversal::Auto;
    IkeSettings ike = {};
    SaSettings sa = {};
    Proposals ike_proposals = {}; ///< never empty
    Proposals esp_proposals = {}; ///< never empty
    std::chrono::seconds ike_lifetime{14400};
    std::chrono::seconds child_lifetime{3600};
    std::chrono::seconds dpd_delay{30};    ///< 0 = off
    std::chrono::seconds dpd_timeout{10};  ///< without an answer for so long the peer counts as dead, with a backup
    std::uint32_t replay_window = 128;     ///< packets
    std::optional<std::uint32_t> mtu = {}; ///< bytes; missing = computed
    std::optional<std::uint16_t> mss = {}; ///< bytes; missing = ceilings and the link's MTU decide
    Ceilings ceilings = {};                ///< of the profile
    std::optional<Probe> probe = {};       ///< in route mode
    /// Two connections to the same networks: both are up, and one of them carries the traffic.
    std::optional<ConnectionName> backup = {};    ///< the one that stands in for this
    std::optional<ConnectionName> backup_of = {}; ///< the one that this stands in for
    std::vector<ConnectionName> transit = {};     ///< whose networks its far end may begin sessions with
    bool preempt = true;                          ///< with a backup: takes over again as soon as it is alive
    SourcePos pos = {};
};

struct Config {
    Gateway gateway = {};
    Ike ike = {};
    std::vector<Connection> connections = {}; ///< sorted by name
    std::optional<Ha> ha = {};
    std::optional<Egress> egress = {};
};

/// The link's name where the file gives none: "ls-" and the connection's name, or, where that is longer than 15 bytes,
/// "ls-" and the id in hexadecimal.
[[nodiscard]] LinkName device_of(const ConnectionName& name, ConnectionId id);

} // namespace linkspan::config
