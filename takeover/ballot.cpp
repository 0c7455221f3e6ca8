#include "takeover/ballot.h"

namespace linkspan::takeover {
namespace {

using ha::ArbiterAnswer;
using ha::ArbiterVerdict;

constexpr auto pause = std::chrono::milliseconds{100}; ///< after all endpoints have failed once more

/// A write whose answer was lost may have had its effect: then the record has our own epoch, which nobody else writes, and
/// the repetition is refused because of ourselves.
bool is_our_own(const Ballot& ballot, const ha::ArbiterRecord& record)
{
    const auto* write = std::get_if<ha::WriteRecord>(&ballot.what);
    return write && ballot.attempts > 1 && record.revision != 0 && record.epoch == write->epoch &&
           record.revision != write->expected;
}

} // namespace

Ballot ballot_of(std::uint64_t request, const ha::ArbiterRequest& what, std::size_t endpoint,
                 const BallotTiming& timing, Monotonic now)
{
    return {.request = request, .what = what, .endpoint = endpoint, .due = now, .deadline = now + timing.budget};
}

ha::ArbiterRequest question_of(const Ballot& ballot)
{
    return ballot.reads_back ? ha::ArbiterRequest{ha::ReadRecord{}} : ballot.what;
}

std::optional<ArbiterAnswer> heard(Ballot& ballot, const Result<ArbiterAnswer>& said, std::uint32_t sent,
                                   std::size_t endpoints, Monotonic now)
{
    if (!ballot.reads_back) ballot.attempts += sent;
    if (!said) {
        ballot.endpoint = (ballot.endpoint + 1) % endpoints;
        ballot.due = ballot.endpoint == 0 ? now + pause : now;
        return {};
    }
    ArbiterAnswer answer{ballot.request, said->verdict, said->record};
    if (ballot.reads_back) answer.verdict = ArbiterVerdict::Refused;
    if (answer.verdict == ArbiterVerdict::Refused && answer.record.revision == 0 && !ballot.reads_back) {
        ballot.reads_back = true;
        ballot.due = now;
        return {};
    }
    if (answer.verdict == ArbiterVerdict::Refused && is_our_own(ballot, answer.record))
        answer.verdict = ArbiterVerdict::Written;
    return answer;
}

std::optional<ArbiterAnswer> expired(const Ballot& ballot, Monotonic now)
{
    if (now < ballot.deadline) return {};
    return ArbiterAnswer{ballot.request, ArbiterVerdict::Unreachable, {}};
}

} // namespace linkspan::takeover
