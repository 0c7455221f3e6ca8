#pragma once

#include "base/clock.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <arpa/inet.h>

#include <array>
#include <chrono>
#include <string>
#include <vector>

namespace linkspan::fake {

/// A certificate authority of one test, with elliptic keys because they are made at once. GnuTLS's own calls: nothing
/// of what is tested has a part in it.
struct Made {
    gnutls_x509_crt_t certificate = nullptr;
    gnutls_x509_privkey_t key = nullptr;
    Made()
    {
        gnutls_x509_crt_init(&certificate);
        gnutls_x509_privkey_init(&key);
        gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
    }
    Made(const Made&) = delete;
    Made& operator=(const Made&) = delete;
    ~Made()
    {
        gnutls_x509_crt_deinit(certificate);
        gnutls_x509_privkey_deinit(key);
    }
    [[nodiscard]] std::string text(gnutls_x509_crt_fmt_t format = GNUTLS_X509_FMT_PEM) const
    {
        gnutls_datum_t out{};
        gnutls_x509_crt_export2(certificate, format, &out);
        return take(out);
    }
    [[nodiscard]] std::string key_text(gnutls_x509_crt_fmt_t format = GNUTLS_X509_FMT_PEM) const
    {
        gnutls_datum_t out{};
        gnutls_x509_privkey_export2(key, format, &out);
        return take(out);
    }
    /// PKCS#8, encrypted where there is a password.
    [[nodiscard]] std::string pkcs8(const char* password = nullptr) const
    {
        gnutls_datum_t out{};
        const unsigned flags = password ? GNUTLS_PKCS_PBES2_AES_256 : GNUTLS_PKCS_PLAIN;
        gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, password, flags, &out);
        return take(out);
    }
    static std::string take(gnutls_datum_t& datum)
    {
        std::string text{reinterpret_cast<char*>(datum.data), datum.size};
        gnutls_free(datum.data);
        return text;
    }
};

inline constexpr WallTime made_from{std::chrono::seconds{1'700'000'000}};
inline constexpr WallTime made_until = made_from + std::chrono::days{365};

/// Signs `made` for `subject` ("CN=edge-1,O=Example"); a null issuer makes it an authority of its own.
inline void sign(Made& made, const char* subject, const Made* issuer, WallTime until = made_until)
{
    auto* c = made.certificate;
    const char* fault = nullptr;
    const std::array<unsigned char, 4> serial{1, 2, 3, 4};
    gnutls_x509_crt_set_version(c, 3);
    gnutls_x509_crt_set_serial(c, serial.data(), serial.size());
    gnutls_x509_crt_set_dn(c, subject, &fault);
    gnutls_x509_crt_set_key(c, made.key);
    gnutls_x509_crt_set_subject_key_id(c, "\x01\x02\x03", 3);
    gnutls_x509_crt_set_activation_time(c, made_from.time_since_epoch().count());
    gnutls_x509_crt_set_expiration_time(c, until.time_since_epoch().count());
    if (!issuer) gnutls_x509_crt_set_ca_status(c, 1);
    gnutls_x509_crt_sign2(c, issuer ? issuer->certificate : c, issuer ? issuer->key : made.key, GNUTLS_DIG_SHA256, 0);
}

inline void add_name(Made& made, gnutls_x509_subject_alt_name_t type, const std::string& bytes)
{
    gnutls_x509_crt_set_subject_alt_name(made.certificate, type, bytes.data(), static_cast<unsigned>(bytes.size()),
                                         GNUTLS_FSAN_APPEND);
}

/// An empty revocation list of the authority, with or without the id of the authority's key.
inline std::string revocation_list(const Made& authority, bool names_key = true)
{
    gnutls_x509_crl_t list = nullptr;
    gnutls_x509_crl_init(&list);
    gnutls_x509_crl_set_version(list, 2);
    gnutls_x509_crl_set_this_update(list, made_from.time_since_epoch().count());
    gnutls_x509_crl_set_next_update(list, made_until.time_since_epoch().count());
    const std::array<unsigned char, 4> key_id{1, 2, 3, 4};
    if (names_key) gnutls_x509_crl_set_authority_key_id(list, key_id.data(), key_id.size());
    gnutls_x509_crl_sign2(list, authority.certificate, authority.key, GNUTLS_DIG_SHA256, 0);
    gnutls_datum_t out{};
    gnutls_x509_crl_export2(list, GNUTLS_X509_FMT_PEM, &out);
    gnutls_x509_crl_deinit(list);
    return Made::take(out);
}

} // namespace linkspan::fake
