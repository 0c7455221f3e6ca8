#pragma once

#include "agent/desired.h"
#include "agent/facts.h"
#include "agent/hazards.h"
#include "agent/pace.h"
#include "agent/plan.h"
#include "agent/probe.h"
#include "agent/rivals.h"
#include "agent/sa_errors.h"
#include "agent/troubles.h"
#include "agent/world.h"
#include "base/clock.h"
#include "config/config.h"
#include "ha/missing.h"

#include <functional>
#include <map>
#include <optional>
#include <set>

namespace linkspan::agent {

/// What one reconciliation did.
struct Outcome {
    std::vector<Step> done = {}; ///< effects that succeeded
    bool repaired = false;       ///< they undid somebody's change, rather than follow the file or a fact
    bool in_sync = false;        ///< nothing is left to do in the rooms that were looked at
};

/// Things worth a line in the journal, told as they happen.
struct Observer {
    std::function<void(const Step&, bool repaired)> done = {};
    std::function<void(const Step&, const Error&)> failed = {};
    std::function<void(const Subject&, const std::string& why)> troubled = {};
    std::function<void(const Subject&)> resolved = {};
    std::function<void(const ConnectionName& primary, bool to_backup)> switched = {};
};

/// The loop of the house: observe, gather facts, compile, plan, apply, observe again, until nothing is left or what is
/// left has to wait. Knows the World only through its interface, time only through its Clock.
class Reconciler {
public:
    Reconciler(World& world, Clock clock, Observer observer);

    /// Takes a new file. Nothing is planned before the first call: an agent that has read nothing removes nothing.
    void load(config::Config config, std::map<ConnectionName, SecretFact> secrets);
    void hold(std::set<ConnectionName> held);
    /// What the probes say. What follows is done by the next reconciliation.
    void tell_probes(Verdicts verdicts) { verdicts_ = std::move(verdicts); }
    /// Connections whose peers leave IKE unanswered. Likewise.
    void tell_silent(std::set<ConnectionName> silent) { silent_ = std::move(silent); }
    /// What is known of peers that the file has by name. Likewise.
    void tell_peers(KnownPeers peers);
    /// Which of a pair of gateways this one is, if any. Likewise.
    void tell_pair(PairRole role);
    /// Which SAs the active gateway of the pair has, where this one stands by. Likewise.
    void tell_copied(std::set<xfrm::StateKey> told) { told_ = std::move(told); }
    /// Lets a connection be initiated at the next reconciliation, whatever its start says.
    void request_up(const ConnectionName& name) { requested_.insert(name); }

    /// As `request_up`, and the IKE_SAs that were last seen of it are ended first.
    void request_restart(const ConnectionName& name);

    /// `patient`: objects in back-off are left until they are due. Otherwise everything is tried now.
    Outcome reconcile(Rooms rooms, bool patient);

    /// Where another tunnel is to carry now, by what was last seen of charon and what is told since: sees to that and to nothing
    /// else, which is several times faster than a look at everything, and leaves that for the next one. False where
    /// everything carries that should.
    bool switch_carriers();

    /// What `reconcile` would do with another file; changes nothing.
    [[nodiscard]] Planned preview(const config::Config& config, std::map<ConnectionName, SecretFact> secrets);

    [[nodiscard]] const std::optional<config::Config>& config() const { return config_; }
    [[nodiscard]] const Desired& desired() const { return desired_; }
    [[nodiscard]] const Troubles& troubles() const { return troubles_; }
    [[nodiscard]] const Troubles& initiations() const { return initiations_; }
    [[nodiscard]] const ike::SaView& sas() const { return sas_; }
    /// SAs of static keys, as they were last seen.
    [[nodiscard]] const std::vector<xfrm::ObservedState>& static_sas() const { return static_sas_; }
    /// Of our SAs that dropped something.
    [[nodiscard]] const SaErrors& sa_errors() const { return sa_errors_; }
    /// For the pair: what charon can do with copies, as it was last seen; of a standby alone.
    [[nodiscard]] const ha::CharonHere& charon_here() const { return charon_here_; }
    [[nodiscard]] const std::string& ike_version() const { return ike_version_; }
    [[nodiscard]] const std::optional<Error>& ike_error() const { return ike_error_; }
    [[nodiscard]] const std::set<ConnectionName>& held() const { return facts_.held_down; }
    [[nodiscard]] const OnBackup& on_backup() const { return facts_.on_backup; }
    [[nodiscard]] const std::set<ConnectionName>& lost() const { return verdicts_.lost; }
    [[nodiscard]] const std::set<ConnectionName>& silent() const { return silent_; }
    [[nodiscard]] std::uint64_t writes() const { return writes_; }
    [[nodiscard]] std::uint64_t rounds() const { return rounds_; }
    /// The soonest moment at which something that waits becomes due, and where to look then.
    struct Due {
        Monotonic when = Monotonic::max();
        Rooms rooms = all_rooms;
    };
    [[nodiscard]] Due next_due() const;

private:
    struct Run;
    [[nodiscard]] bool learn_failover(const Observed& observed);
    [[nodiscard]] bool choose_carriers(const ike::SaView& sas);
    void learn_world(const Observed& observed);
    void learn_charon(const Observed& observed);
    [[nodiscard]] std::set<Reqid> may_initiate(bool patient) const;
    [[nodiscard]] std::set<Reqid> to_begin(const Desired& desired) const;
    [[nodiscard]] std::map<std::uint64_t, std::string> to_replace() const;
    [[nodiscard]] std::vector<RankState> to_rank(const Observed& observed);
    [[nodiscard]] bool is_negotiated(const Subject& subject) const;
    [[nodiscard]] std::vector<Step> choose(std::vector<Step>& planned, const Run& run) const;
    void perform(Observed& observed, std::vector<Step> steps, Run& run);
    void succeeded(Step step, Run& run);
    void settle(const Observed& observed, const Planned& residual, Run& run);
    void note(const Subject& subject, const std::string& why);

    World& world_;
    Clock clock_;
    Observer observer_;
    std::optional<config::Config> config_;
    Facts facts_;
    Desired desired_;
    bool stale_ = true;     ///< desired_ must be compiled anew
    bool moved_ = false;    ///< a peer's name leads elsewhere, which charon alone is not told
    bool followed_ = false; ///< desired_ has been applied once: what differs from now on is somebody's change
    Troubles troubles_;
    Troubles initiations_; ///< back-off of negotiations the agent begins
    std::set<ConnectionName> requested_;
    Verdicts verdicts_;
    std::set<ConnectionName> silent_;
    Graces graces_;
    bool knows_carriers_ = false;    ///< what an agent before this one decided was looked for
    std::set<std::uint64_t> ending_; ///< IKE_SAs that a restart replaces, until they are gone
    Connecting connecting_;
    Pace pace_;
    Rivals rivals_; ///< as they were last seen
    Superfluous superfluous_;
    Monotonic rank_due_ = Monotonic::max();
    std::set<Reqid> waiting_traffic_; ///< with a larval SA
    std::set<xfrm::StateKey> told_;   ///< by the active gateway
    ha::CharonHere charon_here_;
    ike::SaView sas_;
    std::vector<xfrm::ObservedState> static_sas_; ///< sorted by key
    SaErrors sa_errors_;
    std::string ike_version_;
    bool charon_is_new_ = false; ///< it was not there at the look before: what it is told now is no repair
    std::optional<Error> ike_error_;
    std::uint64_t writes_ = 0;
    std::uint64_t rounds_ = 0;
};

} // namespace linkspan::agent
