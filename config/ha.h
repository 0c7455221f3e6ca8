#pragma once

#include "base/ids.h"
#include "base/ip.h"
#include "config/secret_source.h"
#include "config/source_pos.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace linkspan::config {

/// [ha]: this gateway is one of two that share addresses. The same file serves both: each finds itself by the heartbeat
/// address it owns.

enum class HaNode { First, Second };
enum class Takeover { Arp, Aws, Azure, Exec };
enum class Arbiter { None, Etcd, Cloud };

/// "203.0.113.10/24@wan0"
struct SharedAddress {
    IpInterface address = {};
    LinkName link = {};
    auto operator<=>(const SharedAddress&) const = default;
    [[nodiscard]] std::string text() const;
};

/// One way from one gateway to the other; addresses are of one family.
struct HeartbeatPath {
    std::optional<IpAddress> first = {};  ///< of the first gateway; missing where the file says only `peer`
    std::optional<IpAddress> second = {}; ///< at least one of the two is there
    bool operator==(const HeartbeatPath&) const = default;
};

/// [ha.exec]: a program that moves the addresses where linkspan knows no way.
struct ExecTakeover {
    std::string command = {}; ///< absolute path
    std::chrono::seconds timeout{10};
    bool operator==(const ExecTakeover&) const = default;
};

/// [ha.aws]: what moves besides the addresses of `addresses`, which are private ones of the instances.
struct AwsTakeover {
    std::string region = {};                    ///< empty = the instance's own
    std::vector<std::string> allocations = {};  ///< Elastic IPs, "eipalloc-…"
    std::vector<std::string> route_tables = {}; ///< "rtb-…"
    std::vector<IpPrefix> routes = {};          ///< what of them leads to the active gateway
    std::string endpoint = {};                  ///< https URL of EC2; empty = the region's
    std::string table = {};                     ///< DynamoDB table with the epoch, for arbiter = "cloud"
    bool operator==(const AwsTakeover&) const = default;
};

/// [ha.azure]
struct AzureTakeover {
    std::string subscription = {};              ///< empty = the machine's own
    std::string resource_group = {};            ///< empty = the machine's own
    std::string public_address = {};            ///< name of the public IP that moves; empty = none
    std::vector<std::string> route_tables = {}; ///< names
    std::vector<IpPrefix> routes = {};
    std::uint16_t probe_port = 0; ///< answers a load balancer's probe while active; 0 = none
    std::string endpoint = {};    ///< https URL of Resource Manager; empty = the public cloud's
    std::string blob = {};        ///< https URL of a container or a blob in it with the epoch, for arbiter = "cloud"
    bool operator==(const AzureTakeover&) const = default;
};

/// [ha.etcd]
struct EtcdArbiter {
    std::vector<std::string> endpoints = {}; ///< "https://etcd.example.org:2379"; one of them is enough
    std::string key = "linkspan/ha";         ///< where the pair's record is; of this pair alone
    NamedFile ca = {};                       ///< none = the system's
    NamedFile certificate = {};              ///< ours
    SecretSource private_key = {};
};

struct Ha {
    std::optional<HaNode> node = {};           ///< as written; else the one whose heartbeat address is ours
    std::vector<HeartbeatPath> paths = {};     ///< one or two
    std::uint16_t port = 4512;                 ///< UDP, on both gateways
    SecretSource secret = {};                  ///< a file of keys (ha/keyring.h)
    std::vector<SharedAddress> addresses = {}; ///< at least one
    Takeover takeover = Takeover::Arp;
    ExecTakeover exec = {};
    AwsTakeover aws = {};
    AzureTakeover azure = {};
    Arbiter arbiter = Arbiter::None;
    EtcdArbiter etcd = {};
    std::chrono::milliseconds interval{100}; ///< 20 to 5,000
    std::uint32_t lost = 5;                  ///< 4 to 20
    bool preempt = false;
    HaNode preferred = HaNode::First; ///< who takes over again, with preempt
    std::chrono::seconds hold_down{10};
    std::uint32_t flap_limit = 3; ///< takeovers a minute; 1 to 8
    SourcePos pos = {};
};

} // namespace linkspan::config
