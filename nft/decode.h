#pragma once

#include "base/error.h"
#include "nft/observed.h"

#include <string_view>

namespace linkspan::nft {

/// True where `nft -j list tables inet` names the table. Protocol: that is not what nft prints.
[[nodiscard]] Result<bool> decode_presence(std::string_view json, std::string_view table = "linkspan");

/// What `nft -j list table inet linkspan` prints, by any version of nft: rules are known by their comments alone.
[[nodiscard]] Result<Observed> decode_table(std::string_view json);

} // namespace linkspan::nft
