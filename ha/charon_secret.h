#pragma once

#include "base/secret.h"

namespace linkspan::ha {

/// The secret between the two charons, made from that of the pair: in 64 hexadecimal digits. Who learns it learns nothing
/// of the other.
[[nodiscard]] Secret charon_secret(const Secret& key);

} // namespace linkspan::ha
