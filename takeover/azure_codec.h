#pragma once

#include "takeover/http.h"
#include "takeover/pursuit.h"

#include <optional>
#include <string>
#include <string_view>

namespace linkspan::takeover {

/// What a status of Resource Manager means that is no success; none = it is one.
[[nodiscard]] std::optional<Learnt> judge_failure(const HttpResponse& response);

/// Where a change's progress is to be asked for, as path and query of `origin`; empty = it is over. An address of any
/// other host is an error: our token goes nowhere else.
[[nodiscard]] std::optional<std::string> operation_of(const HttpResponse& response, std::string_view origin);

/// The answer to a poll: Running, Accepted, or what became of it.
[[nodiscard]] Learnt judge_poll(const HttpResponse& response);

} // namespace linkspan::takeover
