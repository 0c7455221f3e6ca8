#pragma once

#include "ha/role.h"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>

namespace linkspan::takeover {

enum class Verb : std::uint8_t {
    Take,    ///< the pair's addresses come here
    Release, ///< they are somebody else's from now on
};
[[nodiscard]] constexpr std::string_view word_of(Verb verb)
{
    return verb == Verb::Take ? "take" : "release";
}

/// What is asked of a driver. Ordered: by epoch, and a tenure's end comes after its beginning.
struct Request {
    Verb verb = Verb::Take;
    ha::Epoch epoch = {};
    bool operator==(const Request&) const = default;
    auto operator<=>(const Request& other) const { return std::tie(epoch, verb) <=> std::tie(other.epoch, other.verb); }
};

enum class Outcome : std::uint8_t {
    Done,       ///< it is so, verified as far as the driver can look
    Failed,     ///< given up; the caller may ask again
    Superseded, ///< a newer request, or a newer tenure of the other gateway, came instead
    Retrying,   ///< nothing is decided yet: for the journal
    Lost,       ///< it was so and is no longer: somebody else has taken the addresses
};

[[nodiscard]] constexpr std::string_view word_of(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Done: return "done";
    case Outcome::Failed: return "failed";
    case Outcome::Superseded: return "superseded";
    case Outcome::Retrying: return "retrying";
    case Outcome::Lost: return "lost";
    }
    return "";
}

struct Report {
    Request request = {};
    Outcome outcome = Outcome::Done;
    std::string detail = {}; ///< for the journal: bounded, one line, without secrets
    bool operator==(const Report&) const = default;
};

} // namespace linkspan::takeover
