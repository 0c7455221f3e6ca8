#include "takeover/store_arbiter.h"

#include "base/secret.h"

#include <algorithm>
#include <utility>

namespace linkspan::takeover {
namespace {

constexpr auto question_pause = std::chrono::seconds{1};
constexpr auto question_interval = std::chrono::seconds{10};
constexpr auto not_ready_pause = std::chrono::milliseconds{100};

} // namespace

Result<std::unique_ptr<StoreArbiter>> StoreArbiter::open(std::unique_ptr<RecordStore> store, BallotTiming timing,
                                                         Clock clock, TlsFiles tls)
{
    auto transfers = Transfers::open(std::move(tls), clock.now);
    TRY(transfers);
    return std::unique_ptr<StoreArbiter>{
        new StoreArbiter(std::move(store), timing, std::move(clock), std::move(*transfers))};
}

StoreArbiter::StoreArbiter(std::unique_ptr<RecordStore> store, BallotTiming timing, Clock clock,
                           std::unique_ptr<Transfers> transfers)
    : store_(std::move(store)), timing_(timing), clock_(std::move(clock)), transfers_(std::move(transfers))
{
    transfers_->set_alarm(clock_.now());
}

void StoreArbiter::ask(std::uint64_t request, const ha::ArbiterRequest& what)
{
    if (sent_.value) transfers_->cancel(std::exchange(sent_, {}));
    ballot_ = ballot_of(request, what, endpoint_, timing_, clock_.now());
    if (store_->is_ready(clock_.wall())) trouble_.clear();
    transfers_->set_alarm(clock_.now());
}

std::vector<ha::ArbiterAnswer> StoreArbiter::process()
{
    for (auto& finished : transfers_->process()) finish(finished);
    question();
    send();
    for (auto& finished : transfers_->process()) finish(finished); // sends what was started
    if (ballot_)
        if (const auto end = expired(*ballot_, clock_.now())) answer(*end);
    auto alarm = question_.value ? Monotonic::max() : question_due_;
    if (ballot_) {
        const bool waits = sent_.value != 0;
        const auto due = store_->is_ready(clock_.wall()) ? ballot_->due : clock_.now() + not_ready_pause;
        alarm = std::min({alarm, ballot_->deadline, waits ? Monotonic::max() : due});
    }
    transfers_->set_alarm(alarm);
    return std::exchange(answers_, {});
}

void StoreArbiter::answer(const ha::ArbiterAnswer& answer)
{
    if (sent_.value) transfers_->cancel(std::exchange(sent_, {}));
    ballot_.reset();
    answers_.push_back(answer);
}

void StoreArbiter::finish(Transfers::Finished& finished)
{
    if (finished.id == question_) {
        question_ = {};
        const auto learnt = store_->answer(finished.response, clock_.wall());
        Secret::wipe(finished.response.body); // credentials came in it
        question_due_ = clock_.now();
        if (learnt.reply == Reply::Accepted) return;
        question_due_ += question_pause;
        trouble_ = learnt.problem;
        return;
    }
    if (finished.id != sent_ || !ballot_) return;
    sent_ = {};
    const auto said = store_->learn(question_of(*ballot_), finished.response);
    // Of the time that is left to a repetition little is left: that it runs out says less than what was said before.
    if (said || trouble_.empty() || !finished.response.timed_out) trouble_ = said ? std::string{} : said.error().what;
    if (said) endpoint_ = ballot_->endpoint;
    if (!store_->is_ready(clock_.wall())) question_due_ = std::max(clock_.now(), questioned_ + question_pause);
    if (const auto final = heard(*ballot_, said, finished.response.sent, store_->endpoints(), clock_.now()))
        answer(*final);
}

void StoreArbiter::question()
{
    if (question_.value != 0 || clock_.now() < question_due_) return;
    question_due_ = clock_.now() + question_interval;
    const auto request = store_->next_question(clock_.wall());
    if (!request) return;
    questioned_ = clock_.now();
    question_ = transfers_->start(*request);
}

void StoreArbiter::send()
{
    const auto now = clock_.now();
    if (!ballot_ || sent_.value != 0 || now < ballot_->due || !store_->is_ready(clock_.wall())) return;
    auto request = store_->request(question_of(*ballot_), ballot_->endpoint, clock_.wall());
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(ballot_->deadline - now);
    request.limit = std::clamp(left, std::chrono::milliseconds{1}, timing_.attempt);
    sent_ = transfers_->start(request);
}

} // namespace linkspan::takeover
