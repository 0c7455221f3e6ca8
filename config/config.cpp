#include "config/config.h"

#include <array>
#include <charconv>

namespace linkspan::config {

LinkName device_of(const ConnectionName& name, ConnectionId id)
{
    constexpr std::size_t longest = 15; // IFNAMSIZ without its NUL
    if (name.value.size() + 3 <= longest) return {"ls-" + name.value};
    std::array<char, 8> hex{};
    const auto end = std::to_chars(hex.data(), hex.data() + hex.size(), id.value, 16).ptr;
    return {"ls-" + std::string{hex.data(), end}};
}

} // namespace linkspan::config
