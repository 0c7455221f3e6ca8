#include "pki/revocation_list.h"

#include "pki/content.h"
#include "pki/gnutls.h"

#include <array>

namespace linkspan::pki {

Result<RevocationList> decode_revocation_list(std::string_view bytes)
{
    gnutls_x509_crl_t raw = nullptr;
    if (gnutls_x509_crl_init(&raw) < 0) return failure(Kind::Bug, "out of memory");
    const ListHandle handle{raw};
    const auto datum = datum_of(bytes);
    if (gnutls_x509_crl_import(raw, &datum, format_of(bytes)) < 0)
        return failure(Kind::Config, content_of(bytes) + ", and no certificate revocation list, PEM or DER");
    gnutls_datum_t der{};
    if (gnutls_x509_crl_export2(raw, GNUTLS_X509_FMT_DER, &der) < 0)
        return failure(Kind::Config, "the certificate revocation list is broken");
    RevocationList list{.der = taken(der)};
    std::array<unsigned char, 64> id{};
    auto size = id.size();
    list.names_key = gnutls_x509_crl_get_authority_key_id(raw, id.data(), &size, nullptr) >= 0;
    if (const auto next = gnutls_x509_crl_get_next_update(raw); next != static_cast<std::time_t>(-1))
        list.next_update = time_of(next);
    return list;
}

} // namespace linkspan::pki
