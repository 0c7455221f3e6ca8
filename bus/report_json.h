#pragma once

#include "bus/report.h"

#include <string>

namespace linkspan::bus {

/// Reports as JSON on one line, always valid UTF-8. The form is stable and described in docs/json.md; it may gain
/// members, and `"schema"` counts up when an existing one changes its meaning.
inline constexpr int json_schema = 1;

[[nodiscard]] std::string to_json(const GatewayReport& report);
[[nodiscard]] std::string to_json(const ConnectionReport& report);
[[nodiscard]] std::string to_json(const PlanReport& report);
[[nodiscard]] std::string to_json(const ApplyReport& report);
[[nodiscard]] std::string to_json(const EgressLearned& report);
[[nodiscard]] std::string to_json(const EgressWhy& report);
[[nodiscard]] std::string to_json(const EgressDiscovered& report);

} // namespace linkspan::bus
