#include "ha/charon_secret.h"

#include <sodium.h>

#include <array>

namespace linkspan::ha {

Secret charon_secret(const Secret& key)
{
    constexpr std::string_view purpose = "linkspan: charon's ha plugin";
    std::array<unsigned char, 32> hash{};
    std::array<char, 2 * hash.size() + 1> digits{};
    crypto_generichash_state state;
    const auto put = [&](std::string_view part) {
        crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(part.data()), part.size());
    };
    crypto_generichash_init(&state, nullptr, 0, hash.size());
    put(purpose);
    put(key.reveal());
    crypto_generichash_final(&state, hash.data(), hash.size());
    sodium_memzero(&state, sizeof state);
    sodium_bin2hex(digits.data(), digits.size(), hash.data(), hash.size());
    Secret secret{{digits.data(), digits.size() - 1}};
    sodium_memzero(hash.data(), hash.size());
    sodium_memzero(digits.data(), digits.size());
    return secret;
}

} // namespace linkspan::ha
