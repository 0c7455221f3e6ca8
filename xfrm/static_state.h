#pragma once

#include "base/esp_suite.h"
#include "base/plan.h"
#include "base/secret.h"
#include "netlink/message.h"
#include "xfrm/state_spec.h"

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace linkspan::xfrm {

/// An SA that the agent installs by itself, from keys in a file.
struct StateSpec {
    StateKey key = {};
    IpAddress source = {};
    Reqid reqid = {};
    IfId if_id = {};
    Mark mark = {};
    bool outbound = false;
    const EspSuite* suite = nullptr;         ///< never null where it is to be installed
    std::shared_ptr<const Secret> keys = {}; ///< the cipher's key, then that of the integrity algorithm
    std::uint32_t replay_window = 0;         ///< packets
    bool esn = false;                        ///< extended sequence numbers; need a window
    bool encapsulated = false;               ///< in UDP, port 4500 at both ends
    std::string label = {};                  ///< for people: the generation of keys
    std::uint64_t sequence = 0;              ///< the last number that may have been used; set by `plan_static`
    ConnectionName connection = {};
    bool operator==(const StateSpec&) const = default;
};

/// The uid in the selector of a static SA ("ls" + 2): the kernel keeps it and matches nothing by it, so an SA that the
/// agent made is known from those that charon made for the same reqid (docs/adr/0003-ownership-tags.md).
inline constexpr std::uint32_t static_uid = 0x6c75;

/// Tells two keys apart without keeping either: FNV-1a over the suite and the keys. It stays in this process.
[[nodiscard]] std::uint64_t digest_of(const EspSuite& suite, std::string_view keys);

/// The last sequence numbers that an SA may have sent and has surely received.
struct Counters {
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
    bool operator==(const Counters&) const = default;
};
using KnownCounters = std::map<StateKey, Counters>;

/// What makes the static SAs so. New inbound ones come first, then new outbound ones, of which the kernel takes the newest,
/// then those go that nobody wants: an outbound one before the inbound ones. One that stands is never installed anew,
/// so its counters go on; one that must be, goes on counting behind what it, or one before it (`known`), may have used.
[[nodiscard]] Plan<StateSpec> plan_static(const std::map<StateKey, StateSpec>& want,
                                          std::span<const ObservedState> have, const KnownCounters& known);

/// Where an SA that was last seen at `sent` begins: what it sent since then is less than this.
inline constexpr std::uint64_t sequence_margin = 1 << 16;

/// Into a message that is Content::Secret.
void encode_install(const StateSpec& spec, netlink::Message& message);

/// "SA 198.51.100.7 spi 0xc0de0001"
[[nodiscard]] std::string describe(const StateSpec& spec);
/// "out, aes256gcm16, keys 2026-11, from sequence number 16777217"; never a key.
[[nodiscard]] std::string detail(const Op<StateSpec>& op);

} // namespace linkspan::xfrm
