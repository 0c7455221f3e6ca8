#include "bus/utf8.h"

#include <cstddef>
#include <cstdint>

namespace linkspan::bus {
namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";

std::uint8_t byte_at(std::string_view text, std::size_t i)
{
    return static_cast<std::uint8_t>(text[i]);
}

/// What may follow a lead byte (Unicode 15, table 3-7): its length, and the bounds of the second byte, which keep
/// overlong forms, surrogates and everything beyond U+10FFFF out. Length 0: no lead byte.
struct Lead {
    std::size_t length = 0;
    std::uint8_t second_min = 0x80;
    std::uint8_t second_max = 0xbf;
};

Lead lead_of(std::uint8_t byte)
{
    if (byte == 0) return {};
    if (byte < 0x80) return {.length = 1};
    if (byte < 0xc2) return {};
    if (byte < 0xe0) return {.length = 2};
    if (byte == 0xe0) return {.length = 3, .second_min = 0xa0};
    if (byte == 0xed) return {.length = 3, .second_max = 0x9f};
    if (byte < 0xf0) return {.length = 3};
    if (byte == 0xf0) return {.length = 4, .second_min = 0x90};
    if (byte < 0xf4) return {.length = 4};
    if (byte == 0xf4) return {.length = 4, .second_max = 0x8f};
    return {};
}

/// Bytes of the well-formed character at the front of `text`, or 0.
std::size_t character_length(std::string_view text)
{
    const Lead lead = lead_of(byte_at(text, 0));
    if (lead.length <= 1) return lead.length;
    if (text.size() < lead.length) return 0;
    if (byte_at(text, 1) < lead.second_min || byte_at(text, 1) > lead.second_max) return 0;
    for (std::size_t i = 2; i < lead.length; ++i)
        if ((byte_at(text, i) & 0xc0) != 0x80) return 0;
    return lead.length;
}

} // namespace

std::string to_utf8(std::string_view bytes)
{
    std::string text;
    text.reserve(bytes.size());
    while (!bytes.empty()) {
        const std::size_t length = character_length(bytes);
        text += length == 0 ? replacement : bytes.substr(0, length);
        bytes.remove_prefix(length == 0 ? 1 : length);
    }
    return text;
}

} // namespace linkspan::bus
