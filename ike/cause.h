#pragma once

#include "ike/log_line.h"

#include <optional>
#include <string>
#include <string_view>

namespace linkspan::ike {

/// Who can put it right.
enum class Side { Ours, Theirs, Either };
[[nodiscard]] std::string_view name_of(Side side);

/// Why a negotiation failed, for the person who has to do something about it.
struct Cause {
    std::string_view code = {};   ///< for programs: "psk", "identity", "ike-proposals" ... (docs/json.md)
    std::string_view what = {};   ///< what happened
    std::string_view advice = {}; ///< what to compare or change, and where
    Side side = Side::Either;
    /// How much it explains: a peer that is silent tells less than one that refuses, which tells less than a reason.
    enum class Weight { Silence, Refusal, Reason } weight = Weight::Refusal;
    std::string said = {}; ///< charon's own words, cut to a bounded length
    bool operator==(const Cause&) const = default;
};

/// Knows the words of strongSwan 5.9.8 and 6.0, at the level that is logged by default. Nothing for a line that tells of
/// no failure. Pure, and only ever a hint: charon's words are no interface.
[[nodiscard]] std::optional<Cause> cause_of(const LogLine& line);

} // namespace linkspan::ike
