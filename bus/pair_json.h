#pragma once

#include "pair/report.h"

#include <string>

namespace linkspan::bus {

/// As docs/json.md says: on one line, without secrets.
[[nodiscard]] std::string to_json(const pair::Report& report);

} // namespace linkspan::bus
