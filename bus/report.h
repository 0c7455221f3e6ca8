#pragma once

#include "base/clock.h"
#include "base/ids.h"
#include "ike/sa_view.h"
#include "xfrm/stat.h"
#include "xfrm/state_spec.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace linkspan::bus {

/// What the agent tells people and programs: values with no kernel type in them and no secret. `report_json` renders
/// them; the command prints that JSON or text made from it.

enum class State {
    Up,         ///< a CHILD_SA is installed and everything of the connection is in sync
    Connecting, ///< IKE is at it, or will be after a back-off
    Waiting,    ///< nothing to do until traffic (on-demand) or the peer (respond) wants the tunnel
    Degraded,   ///< a CHILD_SA is installed, but something of the connection is not in sync
    Down,       ///< `linkspan down`: held down until `linkspan up`
    Disabled,   ///< enabled = false in the file
    Failed,     ///< not up, and something stands in the way that waiting does not cure
};
[[nodiscard]] std::string_view name_of(State state);

/// An object that is not as the file says, since when, why, and when the agent tries again.
struct Unsynced {
    ConnectionName connection = {}; ///< empty: the gateway's own
    std::string object = {};        ///< "route 10.20.0.0/16 dev ls-azure"
    std::string why = {};
    WallTime since = {};
    std::uint64_t attempts = 0;
    std::uint64_t retry_in = 0; ///< seconds
};

struct LastError {
    std::string what = {};
    WallTime when = {};
};

/// Why the connection does not come up, as charon's log tells it.
struct CauseReport {
    std::string code = {}; ///< for programs
    std::string what = {};
    std::string advice = {};
    std::string side = {}; ///< who can put it right: "ours", "theirs", "either"
    std::string said = {}; ///< charon's own words
    WallTime when = {};    ///< of the last attempt that failed like this
};

/// The probe inside the tunnel, as the agent's last requests went.
struct ProbeReport {
    std::string target = {};
    bool lost = false; ///< so many in a row had no answer that the tunnel counts as dead
};

/// An SA of static keys, as the kernel has it.
struct StaticSa {
    std::string generation = {}; ///< of the keys
    std::string suite = {};
    bool outbound = false;
    std::uint32_t spi = 0;
    bool installed = false;
    bool esn = false;
    std::uint64_t sequence = 0; ///< last sent, or highest received
    std::uint64_t left = 0;     ///< numbers until the keys are used up
    std::uint64_t bytes = 0;
    std::uint64_t packets = 0;
    std::uint64_t added = 0; ///< seconds since the epoch
};

/// One line of a connection's mapped NAT.
struct NatReport {
    bool ours = false;      ///< a network of ours, else of the peer's
    std::string here = {};  ///< as this side calls it
    std::string there = {}; ///< as the peer's side calls it
};

/// A rule of a connection's custom mapping.
struct RuleReport {
    bool from_here = true;
    std::vector<std::string> source = {}; ///< networks; empty = any
    std::vector<std::string> destination = {};
    std::string service = {};        ///< "tcp/443"; empty = any
    std::string source_to = {};      ///< what takes its place; empty = it stays
    std::string destination_to = {}; ///< likewise
    std::uint16_t port_to = 0;       ///< likewise; 0 = it stays
    bool exclude = false;
    std::optional<std::uint64_t> sessions = {}; ///< so many it has translated since the table was made
};

/// Packets that mapped NAT has translated since its table was made.
struct NatCount {
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
};

struct ConnectionReport {
    ConnectionName name = {};
    ConnectionId id = {};
    State state = State::Connecting;
    WallTime since = {};        ///< of the state
    std::string start = {};     ///< "always", "on-demand", "respond"
    std::string interface = {}; ///< "vti", "xfrm", or "policy": no link
    LinkName device = {};
    std::uint32_t mtu = 0; ///< bytes
    std::string local = {};
    std::string peer = {};      ///< an address; a name while it is not resolved
    std::string peer_name = {}; ///< where the file has a name
    std::vector<std::string> tunnel_addresses = {};
    std::vector<std::string> local_subnets = {};
    std::vector<std::string> remote_subnets = {};
    std::vector<NatReport> nat = {};
    std::vector<RuleReport> rules = {};  ///< in their order; a backup's are its connection's
    std::optional<NatCount> nat_in = {}; ///< a backup counts with its connection
    std::optional<NatCount> nat_out = {};
    std::optional<ConnectionName> backup_of = {}; ///< the connection it stands in for
    bool carries = true;                          ///< false: its backup, or the connection it backs, has the traffic
    std::optional<ProbeReport> probe = {};
    std::vector<std::string> transit = {}; ///< connections that it may begin sessions with
    std::vector<ike::IkeSa> sas = {};
    std::vector<StaticSa> static_sas = {}; ///< in place of `sas`, where it has static keys
    xfrm::StateErrors dropped = {};        ///< by the SAs that there are now
    std::vector<Unsynced> unsynced = {};
    std::vector<std::string> warnings = {};
    std::optional<CauseReport> cause = {}; ///< while it is not up
    std::optional<LastError> last_error = {};
    std::optional<LastError> last_repair = {}; ///< what was put right after somebody else's change, and when
};

struct IkeReport {
    bool connected = false;
    std::string version = {}; ///< charon's own words
    WallTime since = {};
    std::string error = {}; ///< why it is not connected
};

/// Egress by names, where there is any.
struct EgressReport {
    std::string mode = {}; ///< "enforce", "discover"
    std::uint64_t pins = 0, most_pins = 0;
    std::uint64_t open_questions = 0;
    std::uint64_t streams_waiting = 0;                 ///< for a name
    std::map<std::string, std::uint64_t> answers = {}; ///< by what became of them
    std::uint64_t held = 0;                            ///< answers, until their addresses were open
    std::uint64_t longest_hold = 0;                    ///< us
    std::uint64_t mean_hold = 0;                       ///< us
    std::uint64_t pinned = 0;
    std::uint64_t no_room = 0;  ///< pins that a limit kept out
    std::uint64_t set_full = 0; ///< pins that the kernel's set kept out
    std::uint64_t write_errors = 0;
    std::uint64_t refusals = 0, refusals_untold = 0;
    std::uint64_t names_let = 0, names_refused = 0; ///< streams
    std::uint64_t sessions_ended = 0;               ///< because their rule went
    std::uint64_t queue_waiting = 0;                ///< answers in the kernel's queue now
    std::uint64_t unseen = 0;                       ///< answers that nobody held, so that they opened nothing
    std::uint64_t queue_dropped = 0;                ///< packets of streams that met a full queue
    std::vector<std::string> alarms = {};           ///< what of all this went wrong lately, and what to do
    std::vector<std::string> troubles = {};
};

struct EgressLearned {
    struct Pin {
        std::string client = {}, address = {};
        std::vector<std::string> names = {};
        std::uint64_t seconds = 0; ///< left
    };
    std::vector<Pin> pins = {};
    bool more = false; ///< there are others that were left out
};

struct EgressQuestion {
    std::string source = {};
    std::string target = {};   ///< a name or an address
    std::string protocol = {}; ///< "tcp", "udp", "icmp"
    std::uint16_t port = 0;
};

struct EgressWhy {
    EgressQuestion question = {};
    bool judged = false; ///< false: the source is in no policy
    bool allowed = false;
    std::string tag = {};
    std::string rule = {};                       ///< empty: none is about it
    std::vector<EgressLearned::Pin> opened = {}; ///< addresses that are open for the source now, so used
};

struct EgressDiscovered {
    struct Use {
        std::string target = {}, protocol = {};
        std::uint16_t port = 0;
        std::uint64_t sessions = 0;
    };
    std::vector<Use> used = {};
    std::map<std::string, std::uint64_t> asked = {}; ///< names, and how often they were answered
    std::uint64_t left_out = 0;
};

struct GatewayReport {
    std::string name = {};
    std::string version = {};
    std::vector<std::string> files = {};
    WallTime loaded = {};
    std::string config_error = {}; ///< why the newest files are not in force; empty: they are
    bool in_sync = false;
    std::uint64_t reconciliations = 0;
    std::uint64_t writes = 0; ///< kernel and IKE changes since the agent started
    IkeReport ike = {};
    std::vector<Unsynced> unsynced = {}; ///< all, the connections' included
    std::vector<std::string> warnings = {};
    std::vector<xfrm::Drops> xfrm_drops = {};
    std::optional<EgressReport> egress = {};
    std::vector<ConnectionReport> connections = {};
};

/// One line of a plan.
struct StepReport {
    std::string verb = {}; ///< "create", "update", "replace", "delete", "initiate", "terminate"
    ConnectionName connection = {};
    std::string object = {};
    std::string detail = {}; ///< for update: what differs, "mtu 1400 -> 1422"
};

struct PlanReport {
    std::vector<StepReport> steps = {};
    std::vector<Unsynced> conflicts = {}; ///< foreign objects in the way
};

struct ApplyReport {
    std::vector<StepReport> done = {};
    std::vector<Unsynced> unsynced = {};
};

} // namespace linkspan::bus
