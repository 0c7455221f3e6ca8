#include "base/esp_suite.h"

#include <algorithm>
#include <array>

namespace linkspan {
namespace {

constexpr std::array suites{
    EspSuite{"aes128gcm16", "rfc4106(gcm(aes))", 20, {}, 0, 128},
    EspSuite{"aes256gcm16", "rfc4106(gcm(aes))", 36, {}, 0, 128},
    EspSuite{"chacha20poly1305", "rfc7539esp(chacha20,poly1305)", 36, {}, 0, 128},
    EspSuite{"aes128-sha256", "cbc(aes)", 16, "hmac(sha256)", 32, 128},
    EspSuite{"aes256-sha256", "cbc(aes)", 32, "hmac(sha256)", 32, 128},
};

} // namespace

std::span<const EspSuite> esp_suites()
{
    return suites;
}

const EspSuite* find_esp_suite(std::string_view name)
{
    const auto* found = std::ranges::find(suites, name, &EspSuite::name);
    return found == suites.end() ? nullptr : found;
}

} // namespace linkspan
