#pragma once

#include "ike/connection_spec.h"
#include "ike/observe.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <variant>
#include <vector>

namespace linkspan::ike {

/// A view: planning copies no connection.
struct Want {
    /// What charon shall know. A connection that is held down or disabled is left out: charon then refuses the peer
    /// too, and ignores the kernel's ACQUIREs.
    const std::map<ConnectionName, ConnectionSpec>& connections;
    /// The children that should have a CHILD_SA now and whose back-off has passed; the rest waits for traffic or for
    /// the peer.
    const std::set<Reqid>& up;
    /// IKE_SAs to replace, by unique id, and what is wrong with each; empty: a person wants it.
    const std::map<std::uint64_t, std::string>& end;
};

/// What we told one incarnation of charon: it can list the names of its connections but not all they contain. Starts
/// empty with every new Client; a connection that charon has and the ledger does not is loaded again, which charon
/// takes for no change if it is none.
struct Loaded {
    ConnectionSpec spec = {};
    std::set<std::uint64_t> stale = {};          ///< IKE_SAs made under an earlier configuration that must not live on
    std::set<std::uint64_t> stale_children = {}; ///< CHILD_SAs of the same kind, in IKE_SAs that may
    std::string private_key = {};                ///< charon's id of the certificate's key; connections may share one
    bool operator==(const Loaded&) const = default;
};
using Ledger = std::map<ConnectionName, Loaded>;

/// Tell charon of a connection and its key.
struct Load {
    ConnectionSpec spec = {};
    std::optional<ConnectionSpec> before = {};   ///< what we told it earlier
    bool adopts = false;                         ///< charon has a connection of this name that we did not load
    std::set<std::uint64_t> stale = {};          ///< goes into the ledger
    std::set<std::uint64_t> stale_children = {}; ///< goes into the ledger
    bool operator==(const Load&) const = default;
};
/// Make charon forget a connection and its key. Its SAs live on until terminated.
struct Unload {
    ConnectionName name = {};
    bool operator==(const Unload&) const = default;
};
/// Make charon forget a private key that no connection uses any more.
struct UnloadKey {
    std::string id = {};
    ConnectionName name = {}; ///< nobody's
    bool operator==(const UnloadKey&) const = default;
};
/// Make charon forget all certificates, lists and keys it was given, because it has no word for one of them. Whatever is wanted is
/// loaded again in the same breath; SAs do not notice.
struct Forget {
    ConnectionName name = {}; ///< nobody's
    bool operator==(const Forget&) const = default;
};
struct Terminate {
    ConnectionName name = {};
    std::uint64_t ike_id = 0;
    std::uint64_t child_id = 0; ///< this CHILD_SA alone; 0 = the IKE_SA with all it has
    std::string why = {};       ///< what is wrong with it; empty: nothing, it is not wanted
    bool operator==(const Terminate&) const = default;
};
struct Initiate {
    ConnectionName name = {};
    std::string child = {};
    bool operator==(const Initiate&) const = default;
};

using Op = std::variant<Forget, Load, Unload, UnloadKey, Terminate, Initiate>;

[[nodiscard]] const ConnectionName& connection_of(const Op& op);

/// The steps in the order in which they are to be applied. Only what is not as it should be is named, so a plan made
/// right after it was applied is empty, but for initiations that failed at once.
[[nodiscard]] std::vector<Op> plan(const Want& want, const Ledger& ledger, const Observed& have);

} // namespace linkspan::ike
