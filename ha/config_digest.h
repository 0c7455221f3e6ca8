#pragma once

#include "base/secret.h"
#include "ha/heartbeat.h"

#include <array>
#include <string>

namespace linkspan::ha {

/// What each section says, in one form whatever the order and the division into files.
using SectionTexts = std::array<std::string, sections>;

/// Keyed with the pair's secret: who reads a digest cannot try out what it is one of. Never 0, which says that nothing is known.
[[nodiscard]] ConfigDigest digest_of(const SectionTexts& texts, const Secret& key);

/// Of a secret that both gateways need; equal on both where it is the same.
[[nodiscard]] std::uint64_t fingerprint(const Secret& secret, const Secret& key);

} // namespace linkspan::ha
