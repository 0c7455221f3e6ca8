#pragma once

#include "agent/charon_link.h"
#include "agent/copy_repair.h"
#include "agent/egress_host.h"
#include "agent/files.h"
#include "agent/kernel_world.h"
#include "agent/key_renewal.h"
#include "agent/options.h"
#include "agent/pair_service.h"
#include "agent/reconciler.h"
#include "agent/rekeyer.h"
#include "agent/senses.h"
#include "agent/status.h"
#include "agent/watch.h"
#include "bus/bus.h"
#include "bus/control.h"
#include "service/loop.h"

namespace linkspan::agent {

/// The daemon: everything it owns, in the order of construction, and the few decisions about *when*. What wakes it sets
/// dirty rooms; one reconciliation follows when all that is ready has run, and never sooner after the last than four
/// times as long as that one took, so a storm of events costs a fifth of a core at most. What takes long waits for charon, and
/// costs nothing: ten seconds are enough.
class App : public bus::Control {
public:
    App(Options options, service::Loop& loop, KernelWorld world, Clock clock);

    /// Reads the files, makes the kernel match, and starts to serve. A bad file is not an Error: nothing is touched, and
    /// the status says why.
    [[nodiscard]] Result<> start();
    /// --oneshot: reads, applies, prints what was done; the exit status.
    [[nodiscard]] int once();

    [[nodiscard]] bus::GatewayReport status() override;
    [[nodiscard]] Result<bus::PlanReport> plan(const std::string& file) override;
    [[nodiscard]] Result<bus::ApplyReport> apply() override;
    [[nodiscard]] Result<> reload() override;
    [[nodiscard]] Result<> up(const ConnectionName& name) override;
    [[nodiscard]] Result<> restart(const ConnectionName& name) override;
    [[nodiscard]] Result<> down(const ConnectionName& name) override;
    [[nodiscard]] Result<bus::EgressLearned> egress_learned(const std::string& filter) override;
    [[nodiscard]] Result<bus::EgressWhy> egress_why(const bus::EgressQuestion& question) override;
    [[nodiscard]] Result<bus::EgressDiscovered> egress_discovered() override;
    [[nodiscard]] Result<pair::Report> pair() override;
    [[nodiscard]] Result<> order_pair(const std::string& order) override;

private:
    [[nodiscard]] Observer observer();
    [[nodiscard]] Result<> read();
    [[nodiscard]] bool fall_back();
    void take(Files files);
    /// The connection, and its backup if it has one; or why there is none of this name.
    [[nodiscard]] Result<std::vector<ConnectionName>> members(const ConnectionName& name) const;
    void dirty(Rooms rooms);
    void schedule();
    Outcome reconcile(Rooms rooms, bool patient);
    void finished(Monotonic began);
    [[nodiscard]] bus::GatewayReport full_report(Monotonic now);
    void arm_timers();
    void tell_senses();
    void sensed();
    void switch_over();
    void hang_up();
    void stop();
    void charon_gone();
    void end_plugins_sas();
    void pair_changed();
    [[nodiscard]] std::vector<std::uint64_t> children_to_renew();
    void copies_missing(std::set<xfrm::StateKey> missing);
    void repair_copies();
    static void tell_systemd(const bus::GatewayReport& report);
    void join_bus();

    Options options_;
    service::Loop& loop_;
    KernelWorld world_;
    Clock clock_;
    Memories memories_;
    Reconciler reconciler_;
    std::string config_error_;
    std::vector<std::string> file_names_;
    std::vector<std::string> file_warnings_;
    WallTime loaded_ = {};
    WallTime ike_since_ = {};
    bool ike_connected_ = false;
    Rooms dirty_ = 0;
    Monotonic not_before_ = {};        ///< the next look, whatever the reason
    Monotonic urgent_not_before_ = {}; ///< ... where traffic waits for it
    bool urgent_ = false;              ///< the look that is scheduled
    Monotonic last_audit_ = {};
    CharonLink charon_;
    PairService pair_;
    EgressHost egress_;
    Rekeyer rekeyer_;
    KeyRenewal renewal_;
    CopyRepair repair_;
    std::set<xfrm::StateKey> plugins_sas_; ///< as they were last seen: of a charon that died nothing is seen any more
    std::set<xfrm::StateKey> lacking_;     ///< what the standby has said it lacks since the last look at charon
    Senses senses_;
    Watch watch_;
    bus::Bus bus_;
    std::vector<service::Loop::Source> signals_;
    service::Loop::Source scheduled_;
    service::Loop::Source switching_;
    service::Loop::Source audit_;
    service::Loop::Source due_;
    service::Loop::Source watchdog_;
    service::Loop::Source rejoin_;
    service::Loop::Source repairing_;
    service::Loop::Source stopping_;
    service::Loop::Source yielding_;
};

} // namespace linkspan::agent
