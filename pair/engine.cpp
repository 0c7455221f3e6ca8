#include "pair/engine.h"

#include "ha/describe.h"

#include <utility>

namespace linkspan::pair {
namespace {

/// So often a look at what others may have taken away.
constexpr auto guard_again = std::chrono::seconds{1};
/// The clocks may part by so much between two looks without the machine having slept.
constexpr auto slept_enough = std::chrono::milliseconds{20};

bool is_refusal(ha::Cause cause)
{
    return cause == ha::Cause::RefusedNoStandby || cause == ha::Cause::RefusedDiffers ||
           cause == ha::Cause::RefusedNotCopied || cause == ha::Cause::RefusedNotHere;
}

} // namespace

Engine::Engine(Spec spec, Effects effects, ha::EpochStore epochs, ha::Keyring keys, std::uint64_t boot, PinBoxes pins,
               service::Loop& loop, Clock clock, Asleep asleep, Listener listener)
    : spec_(std::move(spec)), boot_(boot), effects_(std::move(effects)), epochs_(std::move(epochs)), loop_(loop),
      clock_(std::move(clock)), asleep_(std::move(asleep)), listener_(std::move(listener)), pins_(std::move(pins)),
      channel_(spec_, std::move(keys), boot, loop,
               {.heard = [this](ha::Heard heard) { put(std::move(heard)); },
                .told = [this](const ha::CounterFrame& frame) { mirror_.take(frame, clock_.now()); },
                .told_missing = [this](const ha::CounterFrame& frame) { hear_missing(frame); },
                .told_sessions =
                    [this](ha::FlowFrame frame) {
                        if (is_told(frame.epoch)) copying_->take(std::move(frame));
                    },
                .told_pins =
                    [this](const ha::LineFrame& frame) {
                        if (is_told(frame.epoch)) copying_->take(frame);
                    }})
{
}

Result<> Engine::start(ha::Epoch persisted, bool maintenance)
{
    auto outside = Outside::open(spec_.outside, loop_, clock_,
                                 {.moved = [this](const takeover::Report& report) { moved(report); },
                                  .voted = [this](const Vote& vote) { voted(vote); }});
    TRY(outside);
    outside_ = std::move(*outside);
    auto copying =
        Copying::open(spec_, pins_, loop_, clock_, [this](ha::FrameKind kind, std::span<const std::uint8_t> payload) {
            channel_.send(kind, payload);
        });
    TRY(copying);
    copying_ = std::move(*copying);
    moving_.by = mover_of(spec_.outside);
    arbiter_.by = arbiter_of(spec_.outside);
    slept_ = asleep_();
    auto [state, actions] = ha::start(spec_.settings, boot_, persisted, maintenance, clock_.now());
    state_ = std::move(state);
    settling_ = true;
    perform(actions);
    settling_ = false;
    put(ha::ReplicationChanged{{.lacks = missing_.lacks()}});
    auto tick = loop_.every(
        std::chrono::duration_cast<std::chrono::microseconds>(spec_.settings.timing.tick()), [this] { ticked(); },
        service::Loop::Priority::High);
    TRY(tick);
    tick_ = std::move(*tick);
    return {};
}

void Engine::put(ha::Event event)
{
    events_.push_back(std::move(event));
    settle();
}

Result<> Engine::command(ha::Command command)
{
    refusal_.clear();
    put(ha::Commanded{command});
    if (!refusal_.empty()) return failure(Kind::Busy, refusal_);
    return {};
}

/// Effects answer with events of their own; those come after all that was asked for is done.
void Engine::settle()
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
    (void)done("probe", outside_->answer_probes(speaks()));
    copying_->follow({speaks(), ha::peer_present(spec_.settings, state_, clock_.now()), state_.epoch});
    say();
    listener_.changed(report());
}

Report Engine::report() const
{
    const auto now = clock_.now();
    Report report{.self = spec_.settings.self, .role = state_.role};
    report.epoch = std::max(state_.known, state_.epoch);
    report.health = state_.health;
    report.replication = state_.replication;
    report.maintenance = state_.maintenance;
    report.peer_present = ha::peer_present(spec_.settings, state_, now);
    report.peer_ready = ha::peer_ready(spec_.settings, state_, now);
    report.peer = state_.peer.beat;
    report.differing = ha::differing(spec_.settings.config, state_.peer.beat.config);
    if (state_.peer.heard != Monotonic{})
        report.peer_heard = static_cast<std::uint64_t>(
            std::chrono::duration_cast<std::chrono::milliseconds>(now - state_.peer.heard).count());
    report.copies_differ = copies_.differ();
    report.rejected = channel_.rejected();
    report.trouble = trouble();
    report.moving = moving_;
    report.arbiter = arbiter_;
    report.jumped = jumped_;
    report.takeover_us =
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(takeover_).count());
    report.sessions = copying_->sessions();
    report.pins = copying_->pins();
    report.notes = notes_;
    return report;
}

void Engine::perform(const ha::Actions& actions)
{
    for (const auto& action : actions) std::visit([this](const auto& one) { perform(one); }, action);
}

std::string Engine::trouble() const
{
    std::string all;
    for (const auto& [what, why] : failed_) all += (all.empty() ? "" : "; ") + why;
    if (speaks() && failed_.contains("takeover") && ha::peer_failed_too(state_))
        all += "; neither gateway could take the addresses";
    return all;
}

/// Says a failure once, and forgets it with the next success.
bool Engine::done(const char* what, const Result<>& outcome)
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

void Engine::perform(const ha::SendHeartbeat& action)
{
    channel_.send(action.beat);
}

void Engine::perform(const ha::ArmFence& action)
{
    if (!done("fence", effects_.arm(action.lifetime))) events_.emplace_back(ha::FenceFailed{});
}

void Engine::perform(const ha::DisarmFence&)
{
    (void)done("fence", effects_.disarm());
}

void Engine::perform(const ha::PersistEpoch& action)
{
    if (done("epoch", epochs_.raise(action.epoch)))
        events_.emplace_back(ha::EpochPersisted{action.epoch});
    else
        events_.emplace_back(ha::EpochNotPersisted{action.epoch});
}

void Engine::perform(const ha::AskArbiter& action)
{
    outside_->ask(action); // the core asks where the file names one
}

void Engine::voted(const Vote& vote)
{
    arbiter_.answers = vote.answer.verdict != ha::ArbiterVerdict::Unreachable;
    if (arbiter_.answers) arbiter_.epoch = vote.answer.record.epoch;
    arbiter_.problem = vote.trouble;
    const auto problem = "the arbiter, " + arbiter_.by + ", does not answer: " + vote.trouble;
    (void)done("arbiter", arbiter_.answers ? Result<>{} : failure(Kind::Disconnected, problem));
    put(vote.answer);
}

void Engine::perform(const ha::TakeAddresses& action)
{
    if (!done("addresses", effects_.take_addresses())) {
        events_.emplace_back(ha::AddressesNotTaken{action.epoch});
        return;
    }
    announced_ = 0;
    announce_next();
    takeover_ = clock_.now() - taking_;
    if (outside_->moves()) return move({takeover::Verb::Take, action.epoch});
    events_.emplace_back(ha::AddressesTaken{action.epoch});
}

/// At the start as well, be it of epoch 0: whoever cannot do it says so before it matters.
void Engine::perform(const ha::ReleaseAddresses& action)
{
    announcing_.reset();
    (void)done("addresses", effects_.release_addresses());
    if (outside_->moves()) move({takeover::Verb::Release, action.epoch});
}

/// Nothing waits for it: who may emit is decided by the fence, and where packets come in is another's matter.
void Engine::move(const takeover::Request& request)
{
    ask(moving_, request);
    outside_->move(request);
}

void Engine::moved(const takeover::Report& report)
{
    const auto event = hear(moving_, report);
    if (moving_.told != report) return;
    const auto problem = problem_of(moving_);
    (void)done("takeover", problem.empty() ? Result<>{} : failure(Kind::Kernel, problem));
    if (problem.empty()) listener_.moved(text_of(moving_));
    if (event)
        put(*event);
    else
        listener_.changed(this->report());
}

void Engine::perform(const ha::JumpCounters& action)
{
    taking_ = clock_.now();
    drop(leftovers_.dead());
    const auto set = effects_.jump(mirror_, action.exact, clock_.now());
    if (set) jumped_ = *set;
    (void)done("counters", set ? Result<>{} : std::unexpected(set.error()));
}

void Engine::perform(const ha::SendCounters& action)
{
    events_.emplace_back(ha::Released{action.epoch});
    const auto counters = effects_.counters();
    if (!done("counters", counters ? Result<>{} : std::unexpected(counters.error()))) return;
    for (const auto& frame : ha::frames_of(*counters, effects_.shared(), action.epoch, true))
        for (int copy = 0; copy < 2; ++copy) channel_.send(frame); // one may be lost
}

void Engine::perform(const ha::TakeSegment&)
{
    segment_ = SegmentOrder::Take;
    ordered_ = {};
    order_charon();
}

void Engine::perform(const ha::DropSegment&)
{
    segment_ = SegmentOrder::Drop;
    ordered_ = {};
    order_charon();
}

void Engine::perform(const ha::RekeyAll&)
{
    listener_.rekey_all();
}

void Engine::perform(const ha::Announce&)
{
    announced_ = 0;
    announce_next();
}

/// The journal is in no hurry: said when everything is done, for packets may be lost until then.
void Engine::perform(const ha::Note& note)
{
    unsaid_.push_back(note);
}

void Engine::say()
{
    for (const auto& note : std::exchange(unsaid_, {})) say(note);
}

void Engine::say(const ha::Note& note)
{
    auto text = ha::text_of(note);
    if (note.cause == ha::Cause::ConfigDiffers)
        text += ": " + ha::text_of(ha::differing(spec_.settings.config, state_.peer.beat.config));
    if (is_refusal(note.cause)) refusal_ = text;
    notes_.push_back({clock_.wall(), note, text});
    if (notes_.size() > most_notes) notes_.pop_front();
    listener_.noted(note, text);
}

void Engine::announce_next()
{
    (void)done("announcements", effects_.announce());
    const auto wait = ha::until_next_announcement(++announced_);
    if (auto source = loop_.after(wait, [this] {
            if (speaks()) announce_next();
        }))
        announcing_ = std::move(*source);
}

/// What came while this thread stood still is read before it says anything: its acknowledgements would be old.
void Engine::ticked()
{
    channel_.listen();
    watch_clock();
    const ha::Health health{.fit = effects_.dead_links() == 0,
                            .reasons = static_cast<std::uint32_t>(effects_.dead_links() == 0 ? 0 : 1)};
    if (health != state_.health) events_.emplace_back(ha::HealthChanged{health});
    put(ha::Tick{});
    guard();
    copy();
    copying_->tick();
    order_charon();
}

/// Who carries lifts the fence all the time, and notices when it is gone.
void Engine::guard()
{
    const auto now = clock_.now();
    if (now - guarded_ < guard_again) return;
    guarded_ = now;
    guard_rules();
    if (speaks()) return guard_addresses();
    (void)done("fence", effects_.stay_disarmed());
}

/// Lifting and closing change sets; a set is there when no rule asks it any more.
void Engine::guard_rules()
{
    const auto mended = effects_.mend_fence();
    if (!mended) return (void)done("fence's rules", std::unexpected(mended.error()));
    if (*mended)
        (void)done("fence's rules",
                   failure(Kind::Exists, "somebody changed the fence's rules; they are as they were again"));
    (void)done("fence's rules", {});
}

/// A person may have taken one away, or the kernel, with the address of the same network that was there first.
void Engine::guard_addresses()
{
    const auto there = effects_.has_addresses();
    if (!there || *there) return (void)done("addresses", there ? Result<>{} : std::unexpected(there.error()));
    (void)done("addresses", failure(Kind::NotFound, "a shared address was taken from its link; it is put back"));
    if (!done("addresses", effects_.take_addresses())) return;
    announced_ = 0;
    announce_next();
}

/// A machine that slept, or was halted by who runs it, is told by boot time, which goes on meanwhile.
void Engine::watch_clock()
{
    const auto slept = asleep_();
    if (slept - slept_ > slept_enough) events_.emplace_back(ha::Woke{});
    slept_ = slept;
}

} // namespace linkspan::pair
