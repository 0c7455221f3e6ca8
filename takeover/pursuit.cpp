#include "takeover/pursuit.h"

#include "takeover/backoff.h"

#include <algorithm>

namespace linkspan::takeover {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds first_pause{200}, most_pause{5000}; ///< after a refusal for now
constexpr milliseconds first_look{100}, most_look{2000};   ///< between looks, and polls
constexpr std::uint32_t most_expiries = 3;

/// `random` 1024s of half the pause are taken away.
struct Learner {
    Pursuit pursuit;
    const Learnt& learnt;
    Monotonic now;
    std::uint32_t random;

    void call(Call next, std::chrono::nanoseconds pause)
    {
        pursuit.next = next;
        pursuit.due = now + (learnt.pause ? std::max<std::chrono::nanoseconds>(*learnt.pause, pause) : pause);
    }
    void call_after_failure(Call next) { call(next, backoff(++pursuit.failures, first_pause, most_pause, random)); }
    void begin_anew()
    {
        pursuit.acted = false;
        pursuit.looks = 0;
    }

    void not_held()
    {
        if (!pursuit.acted) return call(Call::Act, {});
        if (++pursuit.looks % stale_looks == 0) {
            begin_anew();
            return call_after_failure(Call::Act);
        }
        call(Call::Look, backoff(pursuit.looks, first_look, most_look, random));
    }
    void expired()
    {
        if (++pursuit.expiries > most_expiries)
            pursuit.standing = Standing::Failed;
        else
            call_after_failure(pursuit.next);
    }

    void go_on()
    {
        switch (learnt.reply) {
        case Reply::Held: pursuit.standing = Standing::Held; return;
        case Reply::Superseded: pursuit.standing = Standing::Superseded; return;
        case Reply::Refused: pursuit.standing = Standing::Failed; return;
        case Reply::NotHeld: return not_held();
        case Reply::Free: begin_anew(); return call(Call::Act, {});
        case Reply::Accepted:
            pursuit.acted = true;
            pursuit.looks = 0;
            return call(Call::Look, {});
        case Reply::Running: return call(Call::Poll, backoff(++pursuit.looks, first_look, most_look, random));
        case Reply::Unread: begin_anew(); return call(Call::Look, {});
        case Reply::More: return call(pursuit.next, {});
        case Reply::Throttled: return call_after_failure(pursuit.next);
        case Reply::Conflict:
        case Reply::Unsure: begin_anew(); return call_after_failure(Call::Look);
        case Reply::Expired: return expired();
        }
    }
};

} // namespace

Pursuit pursue(Monotonic now, std::chrono::nanoseconds budget)
{
    return {.due = now, .deadline = now + budget};
}

std::optional<Call> call_due(Pursuit& pursuit, Monotonic now)
{
    if (pursuit.standing != Standing::Open || pursuit.calling) return {};
    if (now < pursuit.due) return {};
    pursuit.calling = true;
    return pursuit.next;
}

Pursuit learn(Pursuit pursuit, const Learnt& learnt, Monotonic now, std::uint32_t random)
{
    pursuit.calling = false;
    if (!learnt.problem.empty()) pursuit.problem = learnt.problem;
    Learner learner{std::move(pursuit), learnt, now, random};
    learner.go_on();
    return std::move(learner.pursuit);
}

std::optional<Monotonic> alarm_of(const Pursuit& pursuit)
{
    if (pursuit.standing != Standing::Open) return {};
    return pursuit.calling ? pursuit.deadline : std::min(pursuit.due, pursuit.deadline);
}

} // namespace linkspan::takeover
