#pragma once

#include "base/error.h"
#include "nft/paths_spec.h"

#include <string_view>

namespace linkspan::nft {

/// What `nft -j list table inet linkspan_paths` prints, by any version of nft. The sessions in its sets do not matter.
[[nodiscard]] Result<ObservedPaths> decode_paths(std::string_view json);

} // namespace linkspan::nft
