#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "ha/arbiter.h"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace linkspan::takeover {

struct BallotTiming {
    std::chrono::milliseconds budget{1500}; ///< for an answer to a question, over all endpoints
    std::chrono::milliseconds attempt{500}; ///< of one endpoint
    bool operator==(const BallotTiming&) const = default;
};

/// A question on its way to an answer: endpoint after endpoint, within a budget. A plain value.
struct Ballot {
    std::uint64_t request = 0;
    ha::ArbiterRequest what = {};
    std::size_t endpoint = 0;   ///< to be asked next, or asked now
    std::uint32_t attempts = 0; ///< to write or to read, as the question is
    bool reads_back = false;    ///< refused without being told by what: a read is under way
    Monotonic due = {};
    Monotonic deadline = {};
};

[[nodiscard]] Ballot ballot_of(std::uint64_t request, const ha::ArbiterRequest& what, std::size_t endpoint,
                               const BallotTiming& timing, Monotonic now);
/// What is to be sent: the question, or the read behind a refusal.
[[nodiscard]] ha::ArbiterRequest question_of(const Ballot& ballot);
/// Takes in what an endpoint said, to which the question went `sent` times. The final answer, or nothing: then the ballot is to be
/// sent again when it is due.
[[nodiscard]] std::optional<ha::ArbiterAnswer> heard(Ballot& ballot, const Result<ha::ArbiterAnswer>& said,
                                                     std::uint32_t sent, std::size_t endpoints, Monotonic now);
/// Unreachable, where no time is left.
[[nodiscard]] std::optional<ha::ArbiterAnswer> expired(const Ballot& ballot, Monotonic now);

} // namespace linkspan::takeover
