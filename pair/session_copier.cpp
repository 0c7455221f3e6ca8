#include "pair/session_copier.h"

#include "nft/flow.h"
#include "nft/flow_filter.h"
#include "pair/haste.h"
#include "pair/own_links.h"

#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <iterator>
#include <utility>

namespace linkspan::pair {
namespace {

using namespace std::chrono_literals;

constexpr int receive_buffer = 8 << 20;    ///< bytes of the kernel's news
constexpr std::size_t told_at_once = 1024; ///< sessions that are put into frames together
constexpr auto look_interval = 5s;         ///< at what is told of no more, and at this machine's addresses
constexpr auto soonest = 2s;               ///< all are read again so soon where news were missed
constexpr std::array<unsigned, 3> groups{NFNLGRP_CONNTRACK_NEW, NFNLGRP_CONNTRACK_UPDATE, NFNLGRP_CONNTRACK_DESTROY};

} // namespace

Result<std::unique_ptr<SessionCopier>> SessionCopier::start(Settings settings, Clock clock)
{
    std::unique_ptr<SessionCopier> copier{new SessionCopier{std::move(settings), std::move(clock)}};
    if (!copier->orders_ || !copier->news_) return sys_error(errno, "start a thread for sessions");
    copier->thread_ = std::thread{[self = copier.get()] { self->run(); }};
    return copier;
}

SessionCopier::~SessionCopier()
{
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock{mutex_};
        ending_ = true;
    }
    orders_.ring();
    thread_.join();
}

void SessionCopier::follow(const Standing& standing)
{
    {
        const std::lock_guard lock{mutex_};
        if (wanted_ == standing) return;
        carried_ |= wanted_.carries;
        wanted_ = standing;
        outbox_.clear(); // was for another listener, or another tenure's
    }
    orders_.ring();
}

void SessionCopier::take(ha::FlowFrame frame)
{
    {
        const std::lock_guard lock{mutex_};
        if (untaken_.size() >= most_untaken) {
            untaken_left_out_ += frame.news.size();
            return;
        }
        untaken_.push_back(std::move(frame));
    }
    orders_.ring();
}

std::vector<ha::Payload> SessionCopier::frames(std::size_t most)
{
    news_.silence();
    const std::lock_guard lock{mutex_};
    return outbox_.take(most);
}

SessionsReport SessionCopier::report() const
{
    const std::lock_guard lock{mutex_};
    auto report = report_;
    report.left_out += untaken_left_out_;
    report.waiting = outbox_.size();
    report.behind = outbox_.behind(clock_.now());
    return report;
}

/// The thread. Signals are the agent's, and the pair's haste is not for this one.
void SessionCopier::run()
{
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
    hurry(Haste::Process);
    for (;;) {
        orders_.silence();
        Standing wanted;
        std::vector<ha::FlowFrame> frames;
        {
            const std::lock_guard lock{mutex_};
            if (ending_) return;
            wanted = wanted_;
            strict_ |= std::exchange(carried_, false);
            frames.swap(untaken_);
        }
        counts_.problem.clear();
        const auto done = turn(wanted, frames);
        if (!done) counts_.problem = done.error().what;
        publish();
        std::array<pollfd, 2> ready{pollfd{orders_.descriptor(), POLLIN, 0},
                                    pollfd{monitor_ ? monitor_->fd() : -1, POLLIN, 0}};
        (void)::poll(ready.data(), ready.size(), static_cast<int>(std::chrono::milliseconds{1s}.count()));
    }
}

/// The sockets stay open: closing one holds up everybody's transactions (docs/kernel-facts.md).
Result<> SessionCopier::open()
{
    if (!writer_) {
        auto socket = netlink::Socket::open(NETLINK_NETFILTER);
        TRY(socket);
        writer_.emplace(std::move(*socket), settings_.marks);
    }
    if (monitor_) return {};
    auto monitor =
        netlink::Monitor::open(NETLINK_NETFILTER, groups, receive_buffer, nft::program_of_flows(settings_.marks));
    TRY(monitor);
    monitor_.emplace(std::move(*monitor));
    missed_ = true;
    return {};
}

/// A machine that may have carried until now has windows that know nothing of what the other one carries from now on.
Result<> SessionCopier::change(const Standing& before)
{
    if (standing_.carries)
        writer_->forget();
    else if (strict_) {
        const auto loosened = writer_->loosen();
        TRY(loosened);
        strict_ = false;
    }
    if (before != standing_ && tells()) return tell_all();
    return {};
}

void SessionCopier::write(const std::vector<ha::FlowFrame>& frames)
{
    if (frames.empty()) return;
    std::vector<FlowNews> news;
    for (const auto& frame : frames) news.insert(news.end(), frame.news.begin(), frame.news.end());
    writer_->write(news, clock_.now());
}

Result<> SessionCopier::turn(const Standing& standing, const std::vector<ha::FlowFrame>& frames)
{
    TRY(open());
    if (clock_.now() - looked_ >= look_interval) look_around();
    // What came before this gateway carried is written all the same, for then nobody tells of it once more.
    if (!standing_.carries) write(frames);
    const auto before = std::exchange(standing_, standing);
    if (before.carries) write(frames);
    TRY(change(before));
    TRY(listen());
    if (!tells() || clock_.now() - round_ < (missed_ ? soonest : ToldFlows::round) || !is_round_over()) return {};
    return tell_all();
}

bool SessionCopier::is_round_over() const
{
    const std::lock_guard lock{mutex_};
    return outbox_.is_round_over();
}

void SessionCopier::look_around()
{
    looked_ = clock_.now();
    own_.clear();
    for (const auto& [name, link] : own_links())
        for (const auto& address : link.addresses)
            if (!settings_.shared.contains(address)) own_.insert(address);
    if (!standing_.carries) writer_->end_silent(looked_);
}

/// On a gateway that does not carry these are its own doing, and read away.
Result<> SessionCopier::listen()
{
    std::vector<FlowNews> news;
    const auto drained = monitor_->read([&](const nlmsghdr& message) {
        auto one = nft::decode_flow(message);
        if (one && tells() && nft::has_state(one->flow, settings_.marks) && can_go_on(one->flow))
            news.push_back(*std::move(one));
    });
    if (!drained) {
        monitor_.reset();
        return std::unexpected(drained.error());
    }
    missed_ |= drained->overrun;
    if (!news.empty()) tell_news(news);
    return {};
}

bool SessionCopier::can_go_on(const Flow& flow) const
{
    return std::ranges::none_of(std::array{&flow.source, &flow.destination, &flow.answers_from, &flow.answers_to},
                                [&](const Flow::End* end) { return own_.contains(end->address); });
}

void SessionCopier::tell_news(const std::vector<FlowNews>& news)
{
    auto frames = ha::flow_frames(standing_.epoch, news);
    {
        const std::lock_guard lock{mutex_};
        if (wanted_ != standing_) return;
        if (!outbox_.add_news(std::move(frames), clock_.now())) counts_.left_out += news.size();
    }
    news_.ring();
}

Result<> SessionCopier::tell_all()
{
    round_ = clock_.now();
    missed_ = false;
    counts_.told = counts_.own = 0;
    std::vector<FlowNews> part;
    const auto hand_over = [&] {
        auto frames = ha::flow_frames(standing_.epoch, part);
        const std::lock_guard lock{mutex_};
        const bool fits = wanted_ == standing_ && outbox_.add_round(std::move(frames), round_);
        (fits ? counts_.told : counts_.left_out) += part.size();
        part.clear();
    };
    const auto done = writer_->read([&](const Flow& flow) {
        if (!can_go_on(flow)) {
            ++counts_.own;
            return;
        }
        part.push_back({flow, false});
        if (part.size() == told_at_once) hand_over();
    });
    hand_over();
    news_.ring();
    return done;
}

void SessionCopier::publish()
{
    auto report = counts_;
    if (writer_) {
        report.known = writer_->size();
        report.left_out += writer_->counts().left_out;
        report.refused = writer_->counts().refused;
        if (report.problem.empty()) report.problem = writer_->counts().problem;
    }
    const std::lock_guard lock{mutex_};
    report_ = std::move(report);
}

} // namespace linkspan::pair
