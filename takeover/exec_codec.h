#pragma once

#include "takeover/exec_spec.h"
#include "takeover/request.h"

#include <string>
#include <vector>

namespace linkspan::takeover {

/// "/etc/linkspan/move", "take", "17"
[[nodiscard]] std::vector<std::string> arguments_of(const ExecSpec& spec, const Request& request);

/// The whole of the run's environment; nothing of the agent's own is handed on. `attempt` counts from 1.
[[nodiscard]] std::vector<std::string> environment_of(const ExecSpec& spec, const Request& request,
                                                      std::uint32_t attempt);

} // namespace linkspan::takeover
