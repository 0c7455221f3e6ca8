#pragma once

#include "agent/probe.h"
#include "base/clock.h"
#include "base/error.h"
#include "config/config.h"
#include "ike/sa_view.h"

#include <map>
#include <set>
#include <vector>

namespace linkspan::agent {

struct Observed;

/// Of a connection and its backup one carries the traffic. Connections are known here by their primary's name; the set
/// of those whose backup carries it is a fact like others (agent/facts.h). All pure.
using OnBackup = std::set<ConnectionName>;

enum class Carrier { Primary, Backup };
struct Alive {
    bool primary = false;
    bool backup = false;
};
/// The living one; of two living ones the one that carries already, or, with `preempt`, the primary. Where both are dead
/// nothing changes: a switch would help nobody.
[[nodiscard]] Carrier choose(Carrier current, Alive alive, bool preempt);

/// Primaries that may still take over, whatever `preempt` says, and until when: the traffic was theirs, neither tunnel was
/// alive, and the backup came up first, as it may after a start of the machine or of charon. `max()`: neither is alive yet.
using Graces = std::map<ConnectionName, Monotonic>;
/// From the moment at which the backup came up.
inline constexpr std::chrono::seconds grace_time{30};

struct Choice {
    OnBackup on_backup = {};
    Graces graces = {};
};

/// `choose` for every connection with a backup. A tunnel is alive if a CHILD_SA of it is installed and it is not in
/// `dead`: nothing answers its probe, or IKE.
[[nodiscard]] Choice choose_all(const config::Config& config, const ike::SaView& sas,
                                const std::set<ConnectionName>& dead, const Choice& before, Monotonic now);

/// Tunnels of which nothing tells yet whether they carry: their probe has said nothing, or all that charon shows of them are
/// requests without an answer. Those that were in `living` go on being it; the others, which an agent before this one may
/// have found dead, do not become it by their SAs alone.
[[nodiscard]] std::set<ConnectionName> undecided(const config::Config& config, const ike::SaView& sas,
                                                 const Verdicts& verdicts, const std::set<ConnectionName>& living);

/// The tunnels that are alive, of the connections that have two.
[[nodiscard]] std::set<ConnectionName> living_of(const config::Config& config, const ike::SaView& sas,
                                                 const std::set<ConnectionName>& dead);
/// Those that an agent before this one found alive, as what answers by them shows.
[[nodiscard]] std::set<ConnectionName> left_living(const config::Config& config, const Observed& observed);

/// What an agent before this one decided, as the routes and policies in the kernel show it.
[[nodiscard]] OnBackup left_behind(const config::Config& config, const Observed& observed);

/// What a person means by the name: the connection, and its backup if it has one; or why there is none of this name.
[[nodiscard]] Result<std::vector<ConnectionName>> members_of(const config::Config& config, const ConnectionName& name);

/// Does the connection carry traffic? One without a backup always does.
[[nodiscard]] bool is_carrier(const config::Connection& connection, const OnBackup& on_backup);

} // namespace linkspan::agent
