#include "takeover/line.h"

namespace linkspan::takeover {

std::string line_of(std::string_view text, std::size_t most)
{
    if (text.size() > most) text.remove_prefix(text.size() - most);
    std::string line;
    for (const char c : text) {
        const bool is_blank = c == '\n' || c == '\r' || c == '\t' || c == ' ';
        if (is_blank && (line.empty() || line.back() == ' ')) continue;
        const auto byte = static_cast<unsigned char>(c);
        line += is_blank ? ' ' : byte < 0x20 || byte >= 0x7f ? '?' : c;
    }
    while (line.ends_with(' ')) line.pop_back();
    return line;
}

} // namespace linkspan::takeover
