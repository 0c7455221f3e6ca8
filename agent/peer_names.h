#pragma once

#include "base/clock.h"
#include "base/ip.h"
#include "config/config.h"
#include "ike/sa_view.h"
#include "xfrm/observe.h"

#include <chrono>
#include <compare>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace linkspan::agent {

/// What has to be resolved: a peer's name, to an address of one family.
struct PeerName {
    std::string name = {};
    Family family = Family::V4;
    auto operator<=>(const PeerName&) const = default;
};

/// One address of an answer.
struct Resolved {
    IpAddress address = {};
    std::chrono::seconds ttl{};
};

/// What is known of a name. An address once known stays known while nobody answers.
struct KnownPeer {
    std::optional<IpAddress> address = {};
    std::string error = {}; ///< why the last attempt failed; empty: it did not
    unsigned failures = 0;  ///< in a row
    bool operator==(const KnownPeer&) const = default;
};
using KnownPeers = std::map<PeerName, KnownPeer>;

/// The names of the enabled connections.
[[nodiscard]] std::set<PeerName> names_of(const config::Config& config);

/// Takes an answer. An address that is still among the answers is kept: names with several addresses turn them round.
/// What cannot be a peer is left out; nothing left is a failure. Pure, as all of this.
[[nodiscard]] KnownPeer after_answer(KnownPeer known, const std::vector<Resolved>& answers);
[[nodiscard]] KnownPeer after_failure(KnownPeer known, const std::string& why);

/// How long until the name is asked for again: the answers' time to live, from 5 s to an hour; after failures 5 s, and
/// twice as long each time, up to 5 minutes.
[[nodiscard]] std::chrono::seconds wait_after(const KnownPeer& known, const std::vector<Resolved>& answers);

/// Writes what is known into the connections' `peer`; true where that changes any.
[[nodiscard]] bool fill_peers(const KnownPeers& known, config::Config& config);

/// Writes where the peers of any address are into the connections' `peer`: the far end of the newest IKE_SA that carries, while there
/// is one; else what is known stays. True where that changes any. Both are sorted by connection.
[[nodiscard]] bool locate_callers(const ike::SaView& sas, config::Config& config);

/// A peer whose name is not resolved yet, or that may come from anywhere, is where an agent before this one knew it to be, as its
/// policies tell. True where that changes any.
[[nodiscard]] bool recall_peers(const xfrm::Policies& policies, config::Config& config);

/// For names that nobody answered for, and peers of any address: the addresses that the connections of the same name and peer have in `from`.
void take_over_peers(const config::Config& from, config::Config& config);

} // namespace linkspan::agent
