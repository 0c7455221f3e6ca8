#include "agent/pair_engine.h"

#include "ha/describe.h"

#include <ctime>

namespace linkspan::agent {
namespace {

/// charon is told again so often: one that was restarted knows nothing of it.
constexpr auto order_again = std::chrono::seconds{1};
/// How often both sides' SAs are counted, and an active gateway tells its counters.
constexpr auto copy_interval = std::chrono::milliseconds{200};
/// SAs of both sides may differ for so long, while a rekeying is under way.
constexpr auto differ_for = std::chrono::seconds{3};
/// A resync gives new keys to all, so it is not repeated soon, and ever more rarely where it does not help.
constexpr auto resync_pause = std::chrono::seconds{30};
constexpr auto longest_resync_pause = std::chrono::hours{1};
/// The clocks may part by so much between two looks without the machine having slept.
constexpr auto slept_enough = std::chrono::milliseconds{20};

std::chrono::nanoseconds time_of(clockid_t clock)
{
    timespec time{};
    ::clock_gettime(clock, &time);
    return std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
}

bool is_refusal(ha::Cause cause)
{
    return cause == ha::Cause::RefusedNoStandby || cause == ha::Cause::RefusedDiffers ||
           cause == ha::Cause::RefusedNotHere;
}

bool speaks(ha::Role role)
{
    return role == ha::Role::Active;
}

} // namespace

PairEngine::PairEngine(PairSpec spec, PairEffects effects, ha::EpochStore epochs, ha::Keyring keys, std::uint64_t boot,
                       Loop& loop, Clock clock, Listener listener)
    : spec_(std::move(spec)), boot_(boot), effects_(std::move(effects)), epochs_(std::move(epochs)), loop_(loop),
      clock_(std::move(clock)), listener_(std::move(listener)),
      channel_(spec_, std::move(keys), boot, loop,
               {.heard = [this](ha::Heard heard) { put(std::move(heard)); },
                .told = [this](const ha::CounterFrame& frame) { mirror_.take(frame, clock_.now()); }})
{
}

Result<> PairEngine::start(ha::Epoch persisted, bool maintenance)
{
    slept_ = time_of(CLOCK_BOOTTIME) - time_of(CLOCK_MONOTONIC);
    auto [state, actions] = ha::start(spec_.settings, boot_, persisted, maintenance, clock_.now());
    state_ = std::move(state);
    settling_ = true;
    perform(actions);
    settling_ = false;
    settle();
    auto tick = loop_.every(
        std::chrono::duration_cast<std::chrono::microseconds>(spec_.settings.timing.tick()), [this] { ticked(); },
        Loop::Priority::High);
    TRY(tick);
    tick_ = std::move(*tick);
    return {};
}

void PairEngine::put(ha::Event event)
{
    events_.push_back(std::move(event));
    settle();
}

Result<> PairEngine::command(ha::Command command)
{
    refusal_.clear();
    put(ha::Commanded{command});
    if (!refusal_.empty()) return failure(Kind::Busy, refusal_);
    return {};
}

/// Effects answer with events of their own; those come after all that was asked for is done.
void PairEngine::settle()
{
    if (settling_) return;
    settling_ = true;
    while (!events_.empty()) {
        const auto event = std::move(events_.front());
        events_.pop_front();
        auto [state, actions] = ha::step(spec_.settings, std::move(state_), event, clock_.now());
        state_ = std::move(state);
        perform(actions);
    }
    settling_ = false;
    publish();
}

void PairEngine::publish()
{
    const auto now = clock_.now();
    report_.self = spec_.settings.self;
    report_.role = state_.role;
    report_.epoch = std::max(state_.known, state_.epoch);
    report_.health = state_.health;
    report_.replication = state_.replication;
    report_.maintenance = state_.maintenance;
    report_.peer_present = ha::peer_present(spec_.settings, state_, now);
    report_.peer_ready = ha::peer_ready(spec_.settings, state_, now);
    report_.peer = state_.peer.beat;
    report_.peer_heard.reset();
    if (state_.peer.heard != Monotonic{})
        report_.peer_heard = static_cast<std::uint64_t>(
            std::chrono::duration_cast<std::chrono::milliseconds>(now - state_.peer.heard).count());
    report_.rejected = channel_.rejected();
    report_.trouble = failed_.empty() ? "" : failed_.begin()->second;
    listener_.changed(report_);
}

void PairEngine::perform(const ha::Actions& actions)
{
    for (const auto& action : actions) std::visit([this](const auto& one) { perform(one); }, action);
}

/// Says a failure once, and forgets it with the next success.
bool PairEngine::done(const char* what, const Result<>& outcome)
{
    if (outcome) {
        failed_.erase(what);
        return true;
    }
    auto& said = failed_[what];
    if (said != outcome.error().what) listener_.failed(outcome.error());
    said = outcome.error().what;
    return false;
}

void PairEngine::perform(const ha::SendHeartbeat& action)
{
    channel_.send(action.beat);
}

void PairEngine::perform(const ha::ArmFence& action)
{
    if (!done("fence", effects_.arm(action.lifetime))) events_.emplace_back(ha::FenceFailed{});
}

void PairEngine::perform(const ha::DisarmFence&)
{
    (void)done("fence", effects_.disarm());
}

void PairEngine::perform(const ha::PersistEpoch& action)
{
    if (done("epoch", epochs_.raise(action.epoch)))
        events_.emplace_back(ha::EpochPersisted{action.epoch});
    else
        events_.emplace_back(ha::EpochNotPersisted{action.epoch});
}

void PairEngine::perform(const ha::AskArbiter& action)
{
    events_.emplace_back(ha::ArbiterAnswer{.request = action.request});
}

void PairEngine::perform(const ha::TakeAddresses& action)
{
    if (!done("addresses", effects_.take_addresses())) {
        events_.emplace_back(ha::AddressesNotTaken{action.epoch});
        return;
    }
    announced_ = 0;
    announce_next();
    report_.takeover_us = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(clock_.now() - taking_).count());
    events_.emplace_back(ha::AddressesTaken{action.epoch});
}

void PairEngine::perform(const ha::ReleaseAddresses& action)
{
    announcing_.reset();
    (void)done("addresses", effects_.release_addresses());
    events_.emplace_back(ha::Released{action.epoch});
}

void PairEngine::perform(const ha::JumpCounters& action)
{
    taking_ = clock_.now();
    const auto set = effects_.jump(mirror_, action.exact, clock_.now());
    if (set) report_.jumped = *set;
    (void)done("counters", set ? Result<>{} : std::unexpected(set.error()));
}

void PairEngine::perform(const ha::SendCounters& action)
{
    const auto counters = effects_.counters();
    if (!done("counters", counters ? Result<>{} : std::unexpected(counters.error()))) return;
    for (const auto& frame : ha::frames_of(*counters, effects_.shared(), action.epoch, true))
        for (int copy = 0; copy < 2; ++copy) channel_.send(frame); // one may be lost
}

void PairEngine::perform(const ha::TakeSegment&)
{
    segment_ = SegmentOrder::Take;
    ordered_ = {};
    order_charon();
}

void PairEngine::perform(const ha::DropSegment&)
{
    segment_ = SegmentOrder::Drop;
    ordered_ = {};
    order_charon();
}

void PairEngine::perform(const ha::RekeyAll&)
{
    listener_.rekey_all();
}

void PairEngine::perform(const ha::Announce&)
{
    announced_ = 0;
    announce_next();
}

void PairEngine::perform(const ha::Note& note)
{
    auto text = ha::text_of(note);
    if (is_refusal(note.cause)) refusal_ = text;
    report_.notes.push_back({clock_.wall(), note, text});
    if (report_.notes.size() > most_pair_notes) report_.notes.pop_front();
    listener_.noted(note, text);
}

void PairEngine::announce_next()
{
    (void)done("announcements", effects_.announce());
    const auto wait = ha::until_next_announcement(++announced_);
    if (auto source = loop_.after(wait, [this] {
            if (speaks(state_.role)) announce_next();
        }))
        announcing_ = std::move(*source);
}

void PairEngine::ticked()
{
    watch_clock();
    const ha::Health health{.fit = effects_.dead_links() == 0,
                            .reasons = static_cast<std::uint32_t>(effects_.dead_links() == 0 ? 0 : 1)};
    if (health != state_.health) events_.emplace_back(ha::HealthChanged{health});
    put(ha::Tick{});
    copy();
    order_charon();
}

/// A machine that slept, or was halted by who runs it, is told by boot time, which goes on meanwhile.
void PairEngine::watch_clock()
{
    const auto slept = time_of(CLOCK_BOOTTIME) - time_of(CLOCK_MONOTONIC);
    if (slept - slept_ > slept_enough) events_.emplace_back(ha::Woke{});
    slept_ = slept;
}

void PairEngine::copy()
{
    const auto now = clock_.now();
    if (now - copied_ < copy_interval) return;
    copied_ = now;
    const auto counters = effects_.counters();
    if (!done("counters", counters ? Result<>{} : std::unexpected(counters.error()))) return;
    if (speaks(state_.role))
        for (const auto& frame : ha::frames_of(*counters, effects_.shared(), state_.epoch, false)) channel_.send(frame);
    const auto replication = ha::replication_of(*counters, mirror_.newest(), now);
    if (replication != state_.replication) put(ha::ReplicationChanged{replication});
    compare(replication);
}

/// charon's plugin sends without asking for receipts: what was lost stays lost until somebody looks.
void PairEngine::compare(const ha::Replication& own)
{
    const auto now = clock_.now();
    const auto& theirs = state_.peer.beat.replication;
    const bool comparable = report_.peer_present && (own.sas != 0 || theirs.sas != 0);
    if (!comparable || (own.sas == theirs.sas && own.spis == theirs.spis)) {
        differ_since_ = {};
        resync_wait_ = resync_pause;
        report_.copies_differ = false;
        return;
    }
    if (differ_since_ == Monotonic{}) differ_since_ = now;
    report_.copies_differ = now - differ_since_ >= differ_for;
    if (!report_.copies_differ || !speaks(state_.role) || now < resync_after_) return;
    resync_after_ = now + resync_wait_;
    resync_wait_ = std::min<Monotonic::duration>(2 * resync_wait_, longest_resync_pause);
    resync_ = true;
}

/// One order at a time: charon takes the first of what stands in the pipe, and forgets the rest.
void PairEngine::order_charon()
{
    const auto now = clock_.now();
    if (!segment_ || now - ordered_ < order_again) return;
    ordered_ = now;
    const bool resync = resync_ && segment_ == SegmentOrder::Take;
    const auto outcome = order_segment(spec_.segment_pipe, resync ? SegmentOrder::Resync : *segment_);
    if (outcome && resync) ++report_.resyncs;
    resync_ = resync_ && !(outcome && resync);
    if (!outcome && outcome.error().kind == Kind::Disconnected) ordered_ = now - order_again * 9 / 10;
    (void)done("charon's ha plugin", outcome);
}

} // namespace linkspan::agent
