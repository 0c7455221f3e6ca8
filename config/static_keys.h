#pragma once

#include "base/error.h"
#include "base/esp_suite.h"
#include "base/ids.h"
#include "base/secret.h"
#include "config/config.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace linkspan::config {

/// Keys of one direction.
struct KeyedSa {
    Spi spi = {};
    std::shared_ptr<const Secret> keys = {}; ///< the cipher's, with an AEAD's salt behind it, then the integrity's
};

/// One set of keys that both gateways have.
struct Generation {
    std::string name = {};
    bool sends = false; ///< of all generations exactly one does; every one receives
    bool esn = false;
    const EspSuite* suite = nullptr;
    KeyedSa in = {};
    KeyedSa out = {};
};

/// What a file of static keys says. linkspan-keys(5) in docs/man/linkspan.toml.5 shows one.
struct StaticKeys {
    std::vector<Generation> generations = {}; ///< at least one
};

/// Reads a file of keys. Errors name the place ("PATH:3:1: ...") and never what stands there; every copy of the text that
/// is made on the way is wiped.
[[nodiscard]] Result<StaticKeys> parse_static_keys(std::string_view text, const std::string& path);

/// The keys of a connection that has such a file, read under the rules for secrets (config/secrets.h).
[[nodiscard]] Result<StaticKeys> read_static_keys(const Connection& connection,
                                                  const std::string& credentials_directory);

} // namespace linkspan::config
