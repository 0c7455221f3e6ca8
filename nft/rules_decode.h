#pragma once

#include "base/error.h"
#include "nft/rules_table.h"

#include <string_view>

namespace linkspan::nft {

/// `nft -j list table inet linkspan_rules`. Whatever is not as we make it leaves `framed` false.
[[nodiscard]] Result<RulesTable> decode_rules(std::string_view text);

} // namespace linkspan::nft
