#include "ha/keyring.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace linkspan::ha {
namespace {

constexpr std::size_t shortest_text = 32;
constexpr std::size_t most_keys = 8;
constexpr std::string_view purpose = "linkspan ha frames 1"; // so the same text elsewhere makes another key

Error wrong(std::size_t line, const std::string& what)
{
    return {Kind::Config, 0, "line " + std::to_string(line) + " of the keys: " + what};
}

Secret derive(std::string_view text)
{
    std::array<unsigned char, crypto_aead_xchacha20poly1305_ietf_KEYBYTES> bytes{};
    crypto_generichash(bytes.data(), bytes.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                       reinterpret_cast<const unsigned char*>(purpose.data()), purpose.size());
    Secret secret{{reinterpret_cast<const char*>(bytes.data()), bytes.size()}};
    Secret::wipe({reinterpret_cast<char*>(bytes.data()), bytes.size()});
    return secret;
}

std::string_view trim(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

Result<Key> parse_line(std::string_view line, std::size_t number)
{
    unsigned id = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), id);
    const auto rest = line.substr(static_cast<std::size_t>(end - line.data()));
    if (error != std::errc{} || id < 1 || id > 255 || !(rest.starts_with(' ') || rest.starts_with('\t')))
        return std::unexpected(wrong(number, "does not begin with a number from 1 to 255 and a space"));
    const auto text = trim(rest);
    if (text.size() < shortest_text)
        return std::unexpected(
            wrong(number, "the key is shorter than 32 characters; `openssl rand -hex 32` makes a good one"));
    return Key{static_cast<std::uint8_t>(id), derive(text)};
}

} // namespace

Result<Keyring> Keyring::parse(std::string_view text)
{
    if (sodium_init() < 0) return failure(Kind::Kernel, "libsodium finds no source of randomness");
    Keyring ring;
    std::size_t number = 0;
    while (!text.empty()) {
        const auto line = trim(text.substr(0, text.find('\n')));
        text.remove_prefix(
            std::min(text.size(), text.find('\n') == std::string_view::npos ? text.size() : text.find('\n') + 1));
        ++number;
        if (line.empty() || line.starts_with('#')) continue;
        auto key = parse_line(line, number);
        TRY(key);
        if (ring.find(key->id)) return std::unexpected(wrong(number, "the number of an earlier key"));
        if (ring.keys_.size() == most_keys) return std::unexpected(wrong(number, "more than 8 keys"));
        ring.keys_.push_back(*std::move(key));
    }
    if (ring.keys_.empty())
        return failure(Kind::Config, "the keys: there is none; one line is \"1 \" and 32 characters or more");
    return ring;
}

const Key* Keyring::find(std::uint8_t id) const
{
    const auto found = std::ranges::find(keys_, id, &Key::id);
    return found == keys_.end() ? nullptr : &*found;
}

} // namespace linkspan::ha
