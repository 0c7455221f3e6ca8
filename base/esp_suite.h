#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace linkspan {

/// How an SA whose keys a person wrote protects its packets: by one AEAD, or by a cipher and an HMAC.
struct EspSuite {
    std::string_view name = {};        ///< as in the file of keys: "aes256gcm16"
    std::string_view cipher = {};      ///< the kernel's name
    std::uint32_t key_bytes = 0;       ///< of the cipher; of an AEAD with the salt behind the key (RFC 4106, 8.1)
    std::string_view integrity = {};   ///< the kernel's name; empty: the cipher does it
    std::uint32_t integrity_bytes = 0; ///< of its key
    std::uint32_t icv_bits = 0;

    [[nodiscard]] bool is_aead() const { return integrity.empty(); }
};

/// Every suite there is. None needs more room in a packet than what `tunnel_mtu` leaves for the default proposals.
[[nodiscard]] std::span<const EspSuite> esp_suites();

/// nullptr where no suite has this name.
[[nodiscard]] const EspSuite* find_esp_suite(std::string_view name);

} // namespace linkspan
