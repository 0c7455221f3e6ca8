#pragma once

#include "agent/pair_report.h"

#include <string>

namespace linkspan::agent {

/// As docs/json.md says: on one line, without secrets.
[[nodiscard]] std::string to_json(const PairReport& report);

} // namespace linkspan::agent
