#include "takeover/cloud_driver.h"

#include "base/secret.h"

#include <algorithm>
#include <utility>

namespace linkspan::takeover {
namespace {

constexpr auto question_pause = std::chrono::seconds{1};     ///< after one that was not answered
constexpr auto question_interval = std::chrono::seconds{10}; ///< between looks whether one is due
constexpr auto not_ready_pause = std::chrono::milliseconds{100};

} // namespace

Result<std::unique_ptr<CloudDriver>> CloudDriver::open(std::unique_ptr<Cloud> cloud, CloudTiming timing, Clock clock,
                                                       std::function<std::uint32_t()> random, TlsFiles tls)
{
    auto transfers = Transfers::open(std::move(tls), clock.now);
    TRY(transfers);
    return std::unique_ptr<CloudDriver>{
        new CloudDriver(std::move(cloud), timing, std::move(clock), std::move(random), std::move(*transfers))};
}

CloudDriver::CloudDriver(std::unique_ptr<Cloud> cloud, CloudTiming timing, Clock clock,
                         std::function<std::uint32_t()> random, std::unique_ptr<Transfers> transfers)
    : cloud_(std::move(cloud)), timing_(timing), clock_(std::move(clock)), random_(std::move(random)),
      transfers_(std::move(transfers))
{
    for (std::size_t thing = 0; thing < cloud_->things(); ++thing)
        state_.things.push_back({.name = cloud_->name_of(thing), .essential = cloud_->is_essential(thing)});
    transfers_->set_alarm(clock_.now());
}

ha::Epoch CloudDriver::epoch() const
{
    return state_.request ? state_.request->epoch : ha::Epoch{};
}

void CloudDriver::add(std::vector<Report> reports)
{
    reports_.insert(reports_.end(), std::make_move_iterator(reports.begin()), std::make_move_iterator(reports.end()));
}

void CloudDriver::ask(const Request& request)
{
    const auto before = state_.request;
    const bool was_open = !state_.decided;
    add(takeover::ask(state_, request, timing_, clock_.now()));
    if (state_.request != before || !was_open)
        std::erase_if(sent_, [&](const auto& entry) { // what a former request asked for is nobody's any more
            if (!entry.second.call.watch) transfers_->cancel(entry.first);
            return !entry.second.call.watch;
        });
    transfers_->set_alarm(clock_.now());
}

std::vector<Report> CloudDriver::process()
{
    for (auto& finished : transfers_->process()) finish(finished);
    warm_up();
    question();
    call();
    expire(state_, clock_.now());
    add(judged(state_));
    if (auto more = transfers_->process(); !more.empty()) // sends what was started
        for (auto& finished : more) finish(finished);
    auto alarm = std::min(alarm_of(state_), question_.value ? Monotonic::max() : question_due_);
    if (!cloud_->is_ready(clock_.wall())) alarm = std::max(alarm, clock_.now() + not_ready_pause);
    transfers_->set_alarm(alarm);
    return std::exchange(reports_, {});
}

void CloudDriver::finish(Transfers::Finished& finished)
{
    if (finished.id == question_) {
        question_ = {};
        const auto learnt = cloud_->answer(finished.response, clock_.wall());
        Secret::wipe(finished.response.body); // credentials came in it
        question_due_ = clock_.now();
        if (learnt.reply != Reply::Accepted) question_due_ += question_pause;
        if (std::exchange(trouble_, learnt.problem) != learnt.problem && !learnt.problem.empty())
            reports_.push_back({state_.request.value_or(Request{}), Outcome::Retrying, learnt.problem});
        return;
    }
    const auto at = sent_.find(finished.id);
    if (at == sent_.end()) return;
    const auto sent = at->second;
    sent_.erase(at);
    if (sent.call.watch && finished.response.port) warm_.insert(finished.response.port);
    learn(sent.call, sent.epoch, cloud_->learn(sent.call.thing, sent.call.call, sent.epoch, finished.response));
}

void CloudDriver::learn(const CallDue& call, ha::Epoch, const Learnt& learnt)
{
    add(answered(state_, call, learnt, timing_, clock_.now(), random_()));
}

/// After a round of the watch: were there as many connections as there are things? Else the next round makes them.
void CloudDriver::warm_up()
{
    const bool is_over = std::ranges::none_of(sent_, [](const auto& entry) { return entry.second.call.watch; });
    if (!is_over || warm_.empty()) return;
    const bool is_short = warm_.size() < state_.things.size() && !warms_up_;
    warms_up_ = is_short;
    warm_.clear();
    if (is_short) watch_again(state_, clock_.now());
}

void CloudDriver::question()
{
    if (question_.value != 0 || clock_.now() < question_due_) return;
    question_due_ = clock_.now() + question_interval;
    if (const auto request = cloud_->next_question(clock_.wall())) question_ = transfers_->start(*request);
}

void CloudDriver::call()
{
    if (!cloud_->is_ready(clock_.wall())) return;
    for (const auto& due : calls_due(state_, timing_, clock_.now())) {
        if (auto request = cloud_->request(due.thing, due.call, epoch(), clock_.wall())) {
            request->on_new_connection = due.watch && warms_up_;
            sent_.emplace(transfers_->start(*request), Sent{due, epoch()});
        } else
            learn(due, epoch(), {Reply::Unread, {}, {}});
    }
}

} // namespace linkspan::takeover
