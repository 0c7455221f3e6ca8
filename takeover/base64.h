#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace linkspan::takeover {

/// RFC 4648 with padding, as etcd's JSON gateway has it.
[[nodiscard]] std::string base64_of(std::string_view bytes);
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

} // namespace linkspan::takeover
