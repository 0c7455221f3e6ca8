#pragma once

#include "egress/tap.h"

#include <filesystem>

namespace linkspan::agent {

/// The queues, log groups and marks that the table of egress uses. `journal`: where the pins outlive the agent.
[[nodiscard]] egress::TapSettings settings_of_table(std::filesystem::path journal);

/// How the tap's pins get into the kernel's sets. Each has a socket of its own, opened by the thread that uses it first.
[[nodiscard]] egress::Tap::Doors doors_of_kernel();

} // namespace linkspan::agent
