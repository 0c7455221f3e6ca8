#pragma once

#include <string>
#include <string_view>

namespace linkspan::bus {

/// `bytes` with everything that is not UTF-8 replaced by U+FFFD, and NUL too: D-Bus and JSON refuse such text, and
/// names that peers send and lines of broken files may be anything.
[[nodiscard]] std::string to_utf8(std::string_view bytes);

} // namespace linkspan::bus
