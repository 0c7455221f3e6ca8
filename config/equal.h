#pragma once

#include "config/load.h"

#include <map>
#include <string>
#include <vector>

namespace linkspan::config {

/// What a file says, one entry a value: "connection azure-hub peer" = "198.51.100.7". By the words of the file, so that a new key
/// counts from its first day; a default that is written on one side only counts as a difference.
using Sayings = std::map<std::string, std::string>;

/// All files of one gateway together, without what may differ between the two of a pair: the gateway's name, and which of
/// the two it is. Files that cannot be read say nothing.
[[nodiscard]] Sayings sayings_of(const Sources& sources);

/// What must be equal on both gateways and is not. A side without the entry has an empty text.
struct Difference {
    std::string what = {};
    std::string ours = {};
    std::string theirs = {};
    bool operator==(const Difference&) const = default;
};
[[nodiscard]] std::vector<Difference> differences(const Sayings& ours, const Sayings& theirs);

/// The sayings of one top-level table ("gateway", "connection", "ha" …), in a fixed order and form, to be digested.
[[nodiscard]] std::string canonical_text(const Sayings& sayings, std::string_view table);

} // namespace linkspan::config
