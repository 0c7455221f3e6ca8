#pragma once

#include "base/clock.h"
#include "base/fd.h"
#include "ha/event.h"
#include "ha/keyring.h"
#include "ha/missing.h"
#include "pair/lending_mutex.h"
#include "pair/pin_box.h"
#include "pair/plan.h"
#include "pair/report.h"
#include "service/loop.h"
#include "xfrm/state_spec.h"

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace linkspan::pair {

class Engine;

/// The pair's thread, seen from the agent's. The agent may be busy for longer than a gateway may keep still, so what keeps
/// this gateway active runs beside it and shares nothing with it but the values that are handed over here. Both die together:
/// a process that is stopped lifts no fence.
class Pair {
public:
    /// Called on the agent's thread.
    struct Listener {
        std::function<void()> role_changed = {};
        std::function<void()> rekey_all = {};
        /// The standby lacks copies of these, and says so again while it does.
        std::function<void(std::set<xfrm::StateKey>)> missing = {};
        /// This standby lacks some, and does not ask for them before it was told of charon.
        std::function<void()> look = {};
    };

    /// Starts the thread; an Error where the kernel lacks something or the epoch cannot be read, and nothing is started.
    /// `pins`: what is to be told of them, and what is told.
    [[nodiscard]] static Result<std::unique_ptr<Pair>> start(Spec spec, ha::Keyring keys, bool maintenance,
                                                             PinBoxes pins, service::Loop& loop, Clock clock,
                                                             Listener listener);
    /// Ends the thread. What it let through goes on for as long as its fence stays lifted.
    ~Pair();
    Pair(const Pair&) = delete;
    Pair& operator=(const Pair&) = delete;

    /// Waits for the pair's thread, which answers at once; Busy: refused as things are, and why.
    [[nodiscard]] Result<> command(ha::Command command);
    /// What the file says, digested: it goes with every heartbeat from then on, and the pair goes on as it is.
    void follow(const ha::ConfigDigest& config);
    /// What was seen of charon.
    void follow(const ha::CharonHere& charon);
    /// To a standby: the SAs that the active gateway has at present. Of another one, or where it is silent, none.
    [[nodiscard]] std::set<xfrm::StateKey> told() const;
    [[nodiscard]] Report report() const;
    [[nodiscard]] ha::Role role() const { return role_.load(); }
    [[nodiscard]] const Spec& spec() const { return spec_; }

private:
    struct Order {
        ha::Command command = {};
        std::promise<Result<>> answer = {};
    };
    Pair(Spec spec, PinBoxes pins, Listener listener);
    void run(ha::Keyring keys, bool maintenance, const Clock& clock, std::function<void(Result<>)> started);
    void obey(Engine& engine, service::Loop& loop);
    void wake() const;
    void drain();

    Spec spec_;
    PinBoxes pins_;
    Listener listener_;
    std::thread thread_;
    Fd to_pair_;  ///< eventfd: there are commands, or it shall end
    Fd to_agent_; ///< eventfd: there is news
    mutable LendingMutex mutex_;
    std::vector<Order> orders_;        ///< guarded by mutex_
    ha::ConfigDigest config_{};        ///< guarded by mutex_
    ha::CharonHere charon_;            ///< guarded by mutex_
    Report report_;                    ///< guarded by mutex_
    std::set<xfrm::StateKey> missing_; ///< guarded by mutex_
    std::vector<xfrm::StateKey> told_; ///< guarded by mutex_; sorted
    bool ending_ = false;              ///< guarded by mutex_
    std::atomic<ha::Role> role_ = ha::Role::Init;
    std::atomic<bool> rekey_ = false;
    std::atomic<bool> look_ = false;
    std::atomic<bool> news_ = false;
    service::Loop::Source readable_; ///< on the agent's loop
};

} // namespace linkspan::pair
