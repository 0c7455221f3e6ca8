#pragma once

#include "base/error.h"
#include "base/secret.h"

#include <cstdint>
#include <deque>
#include <string_view>

namespace linkspan::ha {

/// A key of the pair, 32 bytes, and the number by which a frame says that it was sealed with it.
struct Key {
    std::uint8_t id = 0; ///< 1 to 255
    Secret bytes = {};
};

/// The keys both gateways hold. The first seals, each of them opens: so a new key is brought in without a frame lost by
/// adding it behind the old one on both gateways, then moving it to the front on both, then removing the old one.
class Keyring {
public:
    /// One key a line, the number and at least 32 characters of text: "1 7f3b…" (openssl rand -hex 32). Empty lines and
    /// lines that begin with '#' say nothing. At most 8 keys. Errors name the line and never its content.
    [[nodiscard]] static Result<Keyring> parse(std::string_view text);

    [[nodiscard]] const Key& sealing() const { return keys_.front(); }
    [[nodiscard]] const Key* find(std::uint8_t id) const;

private:
    std::deque<Key> keys_; ///< secrets stay where they are
};

} // namespace linkspan::ha
