#pragma once

#include "egress/tap.h"

namespace linkspan::agent {

/// How the tap's pins get into the kernel's sets. Each has a socket of its own, opened by the thread that uses it first.
[[nodiscard]] egress::Tap::Doors doors_of_kernel();

} // namespace linkspan::agent
