#include "takeover/http.h"

namespace linkspan::takeover {

std::string percent_encoded(std::string_view text)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string encoded;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool is_plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                              (byte >= 'a' && byte <= 'z') || byte == '-' || byte == '.' || byte == '_' || byte == '~';
        if (is_plain)
            encoded += c;
        else
            ((encoded += '%') += digits[byte >> 4]) += digits[byte & 15];
    }
    return encoded;
}

std::string form_of(const std::map<std::string, std::string>& fields)
{
    std::string form;
    for (const auto& [key, value] : fields) {
        if (!form.empty()) form += '&';
        form += percent_encoded(key) + '=' + percent_encoded(value);
    }
    return form;
}

} // namespace linkspan::takeover
