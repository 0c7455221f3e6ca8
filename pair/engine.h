#pragma once

#include "base/clock.h"
#include "ha/epoch_store.h"
#include "ha/leftovers.h"
#include "ha/missing.h"
#include "ha/step.h"
#include "pair/channel.h"
#include "pair/copies.h"
#include "pair/copying.h"
#include "pair/effects.h"
#include "pair/moving.h"
#include "pair/outside.h"
#include "pair/plan.h"
#include "pair/report.h"
#include "pair/sleep.h"
#include "service/loop.h"

#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <vector>

namespace linkspan::pair {

/// One gateway of a pair, in motion: puts what happens into `ha::step` and does what it answers. Decides nothing about
/// roles itself. Lives on a loop of its own thread (docs/adr/0043-the-pair-has-a-thread.md); does not move.
class Engine {
public:
    /// Called on this thread, after every event that changed something.
    struct Listener {
        std::function<void(const Report&)> changed = {};
        std::function<void(const ha::Note&, const std::string& text)> noted = {};
        std::function<void()> rekey_all = {};
        std::function<void(std::set<xfrm::StateKey>)> missing = {};        ///< the standby lacks copies of these
        std::function<void()> look = {};                                   ///< what charon has is to be followed
        std::function<void(const std::vector<xfrm::StateKey>&)> told = {}; ///< the active gateway has these at present
        std::function<void(const Error&)> failed = {};                     ///< an effect; said once until it succeeds
        std::function<void(const std::string& text)> moved = {};           ///< outside of this machine
    };

    Engine(Spec spec, Effects effects, ha::EpochStore epochs, ha::Keyring keys, std::uint64_t boot, PinBoxes pins,
           service::Loop& loop, Clock clock, Asleep asleep, Listener listener);
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    /// Takes up the pair's work; `maintenance`: a person keeps this gateway out.
    [[nodiscard]] Result<> start(ha::Epoch persisted, bool maintenance);
    void put(ha::Event event);
    /// What the file says has changed, for the peer to compare.
    void follow(const ha::ConfigDigest& config) { spec_.settings.config = config; }
    /// What the agent has seen of charon.
    void follow(ha::CharonHere charon) { charon_ = std::move(charon); }
    /// Busy: refused as things are, and why.
    [[nodiscard]] Result<> command(ha::Command command);

private:
    void settle();
    [[nodiscard]] Report report() const;
    void perform(const ha::Actions& actions);
    void perform(const ha::SendHeartbeat& action);
    void perform(const ha::ArmFence& action);
    void perform(const ha::DisarmFence& action);
    void perform(const ha::PersistEpoch& action);
    void perform(const ha::AskArbiter& action);
    void perform(const ha::TakeAddresses& action);
    void perform(const ha::ReleaseAddresses& action);
    void perform(const ha::JumpCounters& action);
    void perform(const ha::SendCounters& action);
    void perform(const ha::TakeSegment& action);
    void perform(const ha::DropSegment& action);
    void perform(const ha::RekeyAll& action);
    void perform(const ha::Announce& action);
    void perform(const ha::Note& action);
    void move(const takeover::Request& request);
    void moved(const takeover::Report& report);
    void voted(const Vote& vote);
    bool done(const char* what, const Result<>& outcome);
    [[nodiscard]] std::string trouble() const;
    void ticked();
    void watch_clock();
    void guard();
    void guard_rules();
    void guard_addresses();
    void copy();
    [[nodiscard]] bool is_told(ha::Epoch epoch) const;
    void drop(const std::vector<xfrm::SaCounters>& leftovers);
    void hand_on(std::vector<xfrm::StateKey> told);
    void tell_missing(const std::vector<xfrm::SaCounters>& have);
    void hear_missing(const ha::CounterFrame& frame);
    [[nodiscard]] bool speaks() const { return state_.role == ha::Role::Active; }
    void order_charon();
    void announce_next();
    void say();
    void say(const ha::Note& note);

    Spec spec_;
    std::uint64_t boot_;
    Effects effects_;
    ha::EpochStore epochs_;
    service::Loop& loop_;
    Clock clock_;
    Asleep asleep_;
    Listener listener_;
    PinBoxes pins_;
    Channel channel_;
    ha::State state_;
    ha::CounterMirror mirror_;
    std::deque<ha::Event> events_;
    bool settling_ = false;
    std::string refusal_; ///< of the last command; empty: none
    std::vector<ha::Note> unsaid_;
    std::deque<Note> notes_;
    Copies copies_;
    ha::Leftovers leftovers_;
    ha::Missing missing_;
    ha::CharonHere charon_;
    std::vector<xfrm::StateKey> told_;
    Monotonic missing_told_ = {};
    std::optional<SegmentOrder> segment_;
    Monotonic ordered_ = {};
    Monotonic guarded_ = {};
    Monotonic copied_ = {};
    std::size_t jumped_ = 0;              ///< SAs, at the last takeover
    Monotonic taking_ = {};               ///< since then; a takeover begins with the counters
    std::chrono::nanoseconds takeover_{}; ///< how long the last one took
    std::chrono::nanoseconds slept_{};    ///< as asleep_ said last
    std::size_t announced_ = 0;
    std::map<std::string, std::string> failed_; ///< effect -> why
    Moving moving_;
    Arbiter arbiter_;
    std::unique_ptr<Outside> outside_;
    std::unique_ptr<Copying> copying_;
    service::Loop::Source tick_;
    service::Loop::Source announcing_;
};

} // namespace linkspan::pair
