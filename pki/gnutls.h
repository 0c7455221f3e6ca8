#pragma once

#include "base/clock.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

namespace linkspan::pki {

/// Owners of GnuTLS's objects, and its conventions: included by the .cpp files of this room only.
template <auto Free>
struct Deleter {
    template <typename T>
    void operator()(T* object) const noexcept
    {
        Free(object);
    }
};
using CertificateHandle = std::unique_ptr<std::remove_pointer_t<gnutls_x509_crt_t>, Deleter<gnutls_x509_crt_deinit>>;
using ListHandle = std::unique_ptr<std::remove_pointer_t<gnutls_x509_crl_t>, Deleter<gnutls_x509_crl_deinit>>;
using KeyHandle = std::unique_ptr<std::remove_pointer_t<gnutls_x509_privkey_t>, Deleter<gnutls_x509_privkey_deinit>>;

inline gnutls_datum_t datum_of(std::string_view bytes)
{
    // GnuTLS takes a pointer to bytes it does not change.
    return {reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data())), static_cast<unsigned>(bytes.size())};
}

/// The bytes of a datum that GnuTLS has allocated, which is freed.
inline std::string taken(gnutls_datum_t& datum)
{
    std::string bytes{reinterpret_cast<const char*>(datum.data), datum.size};
    gnutls_free(datum.data);
    datum = {};
    return bytes;
}

inline gnutls_x509_crt_fmt_t format_of(std::string_view bytes)
{
    return bytes.contains("-----BEGIN ") ? GNUTLS_X509_FMT_PEM : GNUTLS_X509_FMT_DER;
}

inline WallTime time_of(std::time_t time)
{
    return WallTime{std::chrono::seconds{time}};
}

inline std::string hex(std::string_view bytes)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const char c : bytes) {
        text += digits[static_cast<unsigned char>(c) >> 4];
        text += digits[static_cast<unsigned char>(c) & 15];
    }
    return text;
}

} // namespace linkspan::pki
