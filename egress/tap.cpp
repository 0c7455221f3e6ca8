#include "egress/tap.h"

#include "egress/sessions.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <pthread.h>
#include <sys/eventfd.h>

#include <poll.h>
#include <unistd.h>

namespace linkspan::egress {
namespace {

constexpr int packets_per_turn = 64; ///< of one socket, before the others have theirs
constexpr int tick = 1000;           ///< ms
constexpr std::size_t most_refusals = 1'024;
constexpr std::uint32_t head = 128; ///< bytes of a packet that tell who wanted what
constexpr std::uint32_t question_copied = 4'096;
constexpr std::size_t questions = 0, answers = 1; ///< their places among the sockets

Fd event_fd()
{
    return Fd{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
}

void ring(const Fd& fd)
{
    const std::uint64_t one = 1;
    (void)!::write(fd.get(), &one, sizeof one);
}

void silence(const Fd& fd)
{
    std::uint64_t count = 0;
    (void)!::read(fd.get(), &count, sizeof count);
}

} // namespace

Tap::Tap(TapSettings settings, Rules rules, Doors doors, Clock clock)
    : settings_(std::move(settings)), doors_(std::move(doors)), clock_(std::move(clock)), inspector_(std::move(rules)),
      journal_(settings_.journal), errand_fd_(event_fd()), notice_(event_fd())
{
    const auto queue = [this](std::uint16_t number, bool fail_open) {
        return
            [this, number, fail_open] { return PacketSocket::of_queue({number, inspector_.rules().held, fail_open}); };
    };
    const auto group = [](std::uint16_t number, std::uint32_t copied) {
        return [number, copied] { return PacketSocket::of_log(number, copied); };
    };
    sockets_ = {Socket{{}, group(settings_.question_group, question_copied), &Tap::take_question},
                Socket{{}, queue(settings_.answer_queue, true), &Tap::take_answer},
                Socket{{}, queue(settings_.name_queue, false), &Tap::take_stream},
                Socket{{}, group(settings_.refusal_group, head), &Tap::take_refusal},
                Socket{{}, group(settings_.discovery_group, head), &Tap::take_use}};
    restore();
    rebind();
    look_behind(); // bound, and none let go: what has passed until now was nobody's to hold
    // Signals are the loop's: a thread that does not block them may be the one they end the process by.
    sigset_t all{}, before{};
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread{[this] { run(); }};
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Tap::~Tap()
{
    ending_ = true;
    ring(errand_fd_);
    thread_.join();
}

void Tap::post(Errand errand)
{
    std::promise<void> done;
    auto finished = done.get_future();
    {
        const std::scoped_lock lock{mutex_};
        errands_.emplace_back([&](Tap& tap) {
            errand(tap);
            done.set_value();
        });
    }
    ring(errand_fd_);
    finished.get();
}

void Tap::run_errands()
{
    silence(errand_fd_);
    std::vector<Errand> errands;
    {
        const std::scoped_lock lock{mutex_};
        errands.swap(errands_);
    }
    for (auto& errand : errands) errand(*this);
}

void Tap::run()
{
    while (!ending_) turn();
    run_errands();
}

void Tap::turn()
{
    std::array<pollfd, 6> waits{};
    for (std::size_t i = 0; i < sockets_.size(); ++i)
        waits[i] = {sockets_[i].socket ? sockets_[i].socket->fd() : -1, POLLIN, 0};
    waits.back() = {errand_fd_.get(), POLLIN, 0};
    (void)::poll(waits.data(), waits.size(), tick);
    alive_ = clock_.now().time_since_epoch().count();
    for (std::size_t i = 0; i < sockets_.size(); ++i) {
        if (waits[i].revents != 0) drain(sockets_[i], packets_per_turn);
        if (i == answers) let_answers_go(); // before the others have their turn
    }
    if (waits.back().revents != 0) run_errands();
    if (const auto flushed = journal_.flush(); !flushed) trouble(flushed.error());
    housekeep();
}

void Tap::drain(Socket& from, int most)
{
    for (int i = 0; i < most && from.socket; ++i) {
        const auto got = from.socket->receive([&](const nlmsghdr& message) { (this->*from.take)(from, message); });
        if (got && !*got) return;
        if (got) continue;
        trouble(got.error());
        from.socket.reset(); // bound again by rebind()
    }
}

void Tap::rebind()
{
    bound_ = clock_.now();
    counts_.troubles.clear();
    for (auto& one : sockets_) {
        if (one.socket) continue;
        auto socket = one.open();
        if (socket)
            one.socket = std::move(*socket);
        else
            trouble(socket.error());
    }
}

/// What nobody held, and what nobody could: the kernel tells of neither.
void Tap::look_behind()
{
    looked_ = clock_.now();
    if (const auto passed = doors_.passed())
        counts_.unseen.raise(unseen_.look(*passed), looked_);
    else
        trouble(passed.error());
    counts_.streams_dropped.raise(dropped_.look(doors_.dropped()), looked_);
}

void Tap::housekeep()
{
    const auto now = clock_.now();
    if (now - bound_ > std::chrono::seconds{2}) rebind();
    if (now - looked_ > std::chrono::milliseconds{tick}) look_behind();
    tell_all(now);
    if (now - kept_house_ < std::chrono::seconds{60}) return;
    kept_house_ = now;
    inspector_.forget(now);
    if (!journal_.is_long()) return;
    if (const auto done = journal_.rewrite(inspector_.snoop().pins(), clock_.wall(), now); !done) trouble(done.error());
}

void Tap::take_question(Socket&, const nlmsghdr& message)
{
    if (const auto packet = decode_logged(message)) inspector_.question(*packet, clock_.now());
}

void Tap::take_answer(Socket&, const nlmsghdr& message)
{
    if (const auto packet = decode_queued(message))
        held_.push_back({packet->id, clock_.now(), {packet->bytes.begin(), packet->bytes.end()}});
}

/// The kernel takes the pins of many answers at little more than the price of one's. Their questions were copied before they
/// were answered: whatever waits there is read first.
void Tap::let_answers_go()
{
    if (held_.empty()) return;
    const auto held = std::exchange(held_, {});
    drain(sockets_[questions], packets_per_turn * packets_per_turn);
    std::vector<Answered> answered;
    for (const auto& one : held) answered.push_back(inspector_.answer(one.bytes, one.since));
    open(answered);
    std::vector<Verdict> verdicts;
    for (std::size_t i = 0; i < held.size(); ++i)
        verdicts.push_back({held[i].packet, answered[i].drop ? Fate::Drop : Fate::Accept});
    if (!sockets_[answers].socket) return;
    if (const auto sent = sockets_[answers].socket->decide(verdicts); !sent) return trouble(sent.error());
    count(held, verdicts);
}

void Tap::count(std::span<const Held> held, std::span<const Verdict> verdicts)
{
    const auto now = clock_.now();
    for (const auto& one : held) {
        counts_.total_hold += now - one.since;
        counts_.longest_hold = std::max<std::chrono::nanoseconds>(counts_.longest_hold, now - one.since);
    }
    counts_.held += held.size();
    for (const auto& verdict : verdicts)
        if (verdict.fate == Fate::Accept) unseen_.let_go();
}

/// All in one transaction. Where the kernel refuses that, each answer's by itself: none is kept out by another's.
void Tap::open(std::span<const Answered> answered)
{
    std::vector<KernelPin> pins;
    for (const auto& one : answered) pins.insert(pins.end(), one.pins.begin(), one.pins.end());
    if (pins.empty()) return;
    const bool together = answered.size() > 1 && pins.size() <= pins_per_transaction && doors_.write(pins).has_value();
    if (together) counts_.pinned += pins.size();
    for (const auto& one : answered) {
        if (!together) write(one.pins);
        note(one);
    }
}

void Tap::take_stream(Socket& from, const nlmsghdr& message)
{
    const auto packet = decode_queued(message);
    if (!packet) return;
    Refusal refusal;
    const auto gated = inspector_.stream(packet->bytes, refusal);
    const auto decide = [&](Fate fate, std::optional<MarkChange> mark = {}) {
        if (const auto sent = from.socket->decide({packet->id, fate, mark}); !sent) trouble(sent.error());
    };
    switch (gated.verdict) {
    case GateVerdict::Pass: return decide(Fate::Accept);
    case GateVerdict::Drop: return decide(Fate::Drop);
    case GateVerdict::Allow: return decide(Fate::Accept, MarkChange{settings_.mark_allowed, settings_.mark_mask});
    case GateVerdict::Refuse: break;
    }
    if (!refusal.why.empty()) tell(std::move(refusal));
    decide(Fate::Repeat, MarkChange{settings_.mark_revoked, settings_.mark_mask}); // the chain answers it
}

void Tap::take_refusal(Socket&, const nlmsghdr& message)
{
    const auto packet = decode_logged(message);
    if (!packet) return;
    if (auto refusal = inspector_.refused(*packet)) tell(std::move(*refusal));
}

void Tap::take_use(Socket&, const nlmsghdr& message)
{
    if (const auto packet = decode_logged(message)) inspector_.used(*packet);
}

void Tap::tell(Refusal refusal)
{
    ++counts_.refusals;
    const std::scoped_lock lock{mutex_};
    if (refusals_.size() >= most_refusals) {
        ++counts_.refusals_untold;
        return;
    }
    refusals_.push_back(std::move(refusal));
    ring(notice_);
}

std::vector<Refusal> Tap::take_refusals()
{
    silence(notice_);
    const std::scoped_lock lock{mutex_};
    return std::exchange(refusals_, {});
}

/// Remembered until the next rebinding, for whoever asks how it fares.
void Tap::trouble(const Error& error)
{
    constexpr std::size_t most = 4;
    if (counts_.troubles.size() < most && std::ranges::count(counts_.troubles, error.what) == 0)
        counts_.troubles.push_back(error.what);
}

void Tap::follow(const Rules& rules)
{
    post([&](Tap& tap) {
        if (tap.inspector_.rules() == rules) return;
        const bool narrower = takes_away(tap.inspector_.rules(), rules);
        const bool queue_changed = tap.inspector_.rules().held != rules.held;
        const auto moves = tap.inspector_.follow(rules, tap.clock_.now());
        tap.write(moves.stand);
        tap.doors_.remove(moves.gone);
        if (queue_changed)
            for (auto& one : tap.sockets_) one.socket.reset();
        if (queue_changed) tap.rebind();
        if (!rules.discover) tap.end_sessions(narrower);
    });
}

/// Of a session whose name nobody remembers it cannot be told by which rule it was let in: it ends where one was taken away.
void Tap::end_sessions(bool unknown_too)
{
    if (!sessions_) {
        auto socket = netlink::Socket::open(NETLINK_NETFILTER);
        if (!socket) return trouble(socket.error());
        sessions_ = std::move(*socket);
    }
    const auto may_go_on = [&](const Wanted& wanted) {
        if (!is_judged(inspector_.rules(), wanted.client) || inspector_.judge(wanted).allowed) return true;
        return !unknown_too && !inspector_.knows(wanted);
    };
    const MarkChange revoked{settings_.mark_revoked, settings_.mark_mask};
    const auto ended = revoke(*sessions_, settings_.mark_open, revoked, may_go_on);
    if (!ended) {
        sessions_.reset(); // what is left of a dump is in it
        return trouble(ended.error());
    }
    counts_.sessions_ended += *ended;
}

TapReport Tap::report()
{
    TapReport report;
    post([&](Tap& tap) {
        tap.look_behind();
        report = tap.counts_;
        report.counts = tap.inspector_.counts();
        for (const auto& one : tap.sockets_)
            if (one.socket) report.lost += one.socket->lost();
    });
    return report;
}

} // namespace linkspan::egress
