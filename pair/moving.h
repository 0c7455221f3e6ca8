#pragma once

#include "ha/event.h"
#include "takeover/request.h"

#include <optional>
#include <string>

namespace linkspan::pair {

/// What was asked last of whoever moves the addresses outside of this machine, and what became of it. A plain value.
struct Moving {
    std::string by = {}; ///< "exec"; empty = nobody is asked
    std::optional<takeover::Request> asked = {};
    std::optional<takeover::Report> told = {}; ///< the newest of `asked`
};

void ask(Moving& moving, const takeover::Request& request);
/// What that is to the pair; nothing where it is of an earlier request, or not decided yet.
[[nodiscard]] std::optional<ha::Event> hear(Moving& moving, const takeover::Report& report);
/// Why it is not as it was asked for; empty = it is, or nothing is known yet.
[[nodiscard]] std::string problem_of(const Moving& moving);
/// "exec: take 18 failed, and is tried again: exited with status 1"
[[nodiscard]] std::string text_of(const Moving& moving);

} // namespace linkspan::pair
