#include "ha/turn.h"

#include <algorithm>

namespace linkspan::ha {
namespace {

void ask(Turn& turn, ArbiterRequest what)
{
    auto& vote = turn.state.vote;
    vote.request += 1;
    vote.open = true;
    vote.asked = turn.now;
    turn.act(AskArbiter{vote.request, what});
}

} // namespace

/// A question without an answer for detect() is given up; one is open at a time.
bool is_asking(const Turn& turn)
{
    const auto& vote = turn.state.vote;
    return vote.open && turn.now - vote.asked < turn.timing().detect();
}

void ask_to_read(Turn& turn)
{
    if (!is_asking(turn)) ask(turn, ReadRecord{});
}

void ask_to_write(Turn& turn, Epoch epoch)
{
    if (!is_asking(turn)) ask(turn, WriteRecord{epoch, turn.state.vote.record.revision});
}

void take_answer(Turn& turn, const ArbiterAnswer& answer)
{
    auto& vote = turn.state.vote;
    if (!vote.open || answer.request != vote.request) return;
    vote.open = false;
    if (answer.verdict == ArbiterVerdict::Unreachable) {
        vote.answered = {};
        return;
    }
    if (vote.seen == Monotonic{} || answer.record.revision != vote.record.revision) vote.seen = turn.now;
    vote.record = answer.record;
    vote.answered = turn.now;
    turn.learn(answer.record.epoch);
    if (answer.verdict == ArbiterVerdict::Written) vote.granted = vote.asked;
}

/// A write entitles its author for lease() from before it was made; we saw it later than that.
bool may_overwrite(const Turn& turn)
{
    const auto& vote = turn.state.vote;
    if (vote.seen == Monotonic{}) return false;
    if (vote.record.revision == 0 || owner_of(vote.record.epoch) == turn.settings.self) return true;
    return vote.seen + turn.timing().lease() <= turn.now;
}

bool arbiter_answers(const Turn& turn)
{
    const auto& vote = turn.state.vote;
    return vote.answered != Monotonic{} && turn.now - vote.answered < 2 * turn.timing().detect();
}

} // namespace linkspan::ha
