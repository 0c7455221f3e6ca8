#pragma once

#include "base/clock.h"
#include "ha/action.h"
#include "pair/aside.h"
#include "pair/outside_settings.h"
#include "service/loop.h"
#include "takeover/probe_responder.h"
#include "takeover/request.h"

#include <functional>
#include <memory>

namespace linkspan::pair {

/// What an arbiter answered; where it did not, why. For people.
struct Vote {
    ha::ArbiterAnswer answer = {};
    std::string trouble = {};
};

/// What this gateway asks of others, each on a thread of its own (docs/adr/0048-what-is-done-outside.md). Answers come on
/// the caller's loop.
class Outside {
public:
    struct Listener {
        std::function<void(const takeover::Report&)> moved = {};
        std::function<void(const Vote&)> voted = {};
    };
    [[nodiscard]] static Result<std::unique_ptr<Outside>> open(const OutsideSpec& spec, service::Loop& loop,
                                                               const Clock& clock, Listener listener);

    /// False: the addresses move by announcements alone.
    [[nodiscard]] bool moves() const { return mover_ != nullptr; }
    /// Answered by Listener::moved, any number of times.
    void move(const takeover::Request& request) { mover_->ask(request); }
    [[nodiscard]] bool has_arbiter() const { return arbiter_ != nullptr; }
    /// Answered once by Listener::voted, or never where a newer question came.
    void ask(const ha::AskArbiter& question) { arbiter_->ask(question); }
    /// Whether a load balancer's probe is answered from now on, where one asks. May be repeated at will.
    [[nodiscard]] Result<> answer_probes(bool active) { return probe_ ? probe_->set_active(active) : Result<>{}; }

private:
    using Mover = Aside<takeover::Request, takeover::Report>;
    using Arbiter = Aside<ha::AskArbiter, Vote>;

    explicit Outside(Listener listener) : listener_(std::move(listener)) {}

    [[nodiscard]] Result<> open_mover(const OutsideSpec& spec, service::Loop& loop, const Clock& clock);
    [[nodiscard]] Result<> open_arbiter(const OutsideSpec& spec, service::Loop& loop, const Clock& clock);
    [[nodiscard]] Result<> open_probe(const OutsideSpec& spec, service::Loop& loop, const Clock& clock);

    Listener listener_;
    std::unique_ptr<Mover> mover_;
    std::unique_ptr<Arbiter> arbiter_;
    std::unique_ptr<takeover::ProbeResponder> probe_;
    service::Loop::Source moved_; ///< ends before its thread does
    service::Loop::Source voted_;
    service::Loop::Source probed_;
};

} // namespace linkspan::pair
