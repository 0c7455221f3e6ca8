#include "ha/config_digest.h"

#include <sodium.h>

#include <algorithm>
#include <cstring>

namespace linkspan::ha {
namespace {

std::uint64_t digest_of(std::string_view text, const Secret& key, std::size_t section)
{
    constexpr std::string_view purpose = "linkspan: the files of a pair";
    crypto_generichash_state state;
    const auto put = [&](std::string_view part) {
        const auto size = static_cast<std::uint64_t>(part.size());
        crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(&size), sizeof size);
        crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(part.data()), part.size());
    };
    std::array<unsigned char, crypto_generichash_BYTES> hash{};
    crypto_generichash_init(&state, nullptr, 0, hash.size());
    put(purpose);
    put(key.reveal());
    put(std::to_string(section));
    put(text);
    crypto_generichash_final(&state, hash.data(), hash.size());
    sodium_memzero(&state, sizeof state);
    std::uint64_t number = 0;
    std::memcpy(&number, hash.data(), sizeof number);
    return std::max<std::uint64_t>(number, 1);
}

} // namespace

ConfigDigest digest_of(const SectionTexts& texts, const Secret& key)
{
    ConfigDigest digest{};
    for (std::size_t i = 0; i < sections; ++i) digest[i] = digest_of(texts[i], key, i);
    return digest;
}

std::uint64_t fingerprint(const Secret& secret, const Secret& key)
{
    return digest_of(secret.reveal(), key, sections);
}

} // namespace linkspan::ha
