#include "base/dns_name.h"

#include <idn2.h>

#include <algorithm>
#include <memory>
#include <string>

namespace linkspan {
namespace {

/// For every byte its lower case, or 0 where no host's name has it. '_' is no letter of host names by the book, but
/// services and cloud vendors use it.
constexpr auto folded = [] {
    std::array<char, 256> table{};
    for (const char c : std::string_view{"abcdefghijklmnopqrstuvwxyz0123456789-_"}) {
        table[static_cast<std::uint8_t>(c)] = c;
        if (c >= 'a' && c <= 'z') table[static_cast<std::uint8_t>(c - 'a' + 'A')] = c;
    }
    return table;
}();

std::span<const std::uint8_t> bytes_of(std::string_view text)
{
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

bool is_ascii(std::string_view text)
{
    return std::ranges::all_of(bytes_of(text), [](std::uint8_t byte) { return byte < 0x80; });
}

/// "münchen.example" as "xn--mnchen-3ya.example". Transitional spellings are not guessed: "faß.de" is a name of its own.
Result<std::string> a_labels(std::string_view text)
{
    char* raw = nullptr;
    const int error = ::idn2_to_ascii_8z(std::string{text}.c_str(), &raw, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    const std::unique_ptr<char, decltype(&::idn2_free)> ascii{raw, [](void* p) { ::idn2_free(p); }};
    if (error != IDN2_OK)
        return failure(Kind::Config,
                       "'" + std::string{text} + "' is no internationalised name: " + ::idn2_strerror(error));
    return std::string{ascii.get()};
}

/// What is wrong with a label that `append` refused, for a person.
std::string complaint(std::string_view label)
{
    if (label.empty()) return "has an empty label: two dots in a row, or one in front";
    if (label.size() > DnsName::max_label)
        return "has a label of " + std::to_string(label.size()) + " bytes; 63 is the most";
    const auto wrong = std::ranges::find_if(label, [](char c) { return folded[static_cast<std::uint8_t>(c)] == 0; });
    if (wrong != label.end()) return "has '" + std::string{*wrong} + "', which host names do not have";
    return "is longer than 253 bytes";
}

} // namespace

Result<DnsName> DnsName::parse(std::string_view text)
{
    const std::string_view whole = text;
    if (text.ends_with('.')) text.remove_suffix(1);
    if (text.empty()) return failure(Kind::Config, "'" + std::string{whole} + "' is no host name");
    std::string converted;
    if (!is_ascii(text)) {
        auto ascii = a_labels(text);
        TRY(ascii);
        text = converted = *std::move(ascii);
    }
    DnsName name;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find('.', begin), text.size());
        const auto label = text.substr(begin, end - begin);
        if (!name.append(bytes_of(label)))
            return failure(Kind::Config, "'" + std::string{whole} + "' " + complaint(label));
        begin = end + 1;
    }
    return name;
}

bool DnsName::append(std::span<const std::uint8_t> label)
{
    const std::size_t dot = empty() ? 0 : 1;
    if (label.empty() || label.size() > max_label || size_ + dot + label.size() > max_size) return false;
    std::size_t at = size_ + dot;
    for (const std::uint8_t byte : label) {
        if (folded[byte] == 0) return false; // bytes behind size_ are nobody's
        bytes_[at++] = folded[byte];
    }
    if (dot != 0) bytes_[size_] = '.';
    size_ = static_cast<std::uint8_t>(at);
    return true;
}

bool DnsName::is_below(const DnsName& apex) const
{
    return !apex.empty() && size_ > apex.size_ + 1U && text().ends_with(apex.text()) &&
           text()[size_ - apex.size_ - 1U] == '.';
}

} // namespace linkspan
