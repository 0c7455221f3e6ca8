#include "pki/revocation_list.h"

#include "pki/content.h"
#include "pki/gnutls.h"

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
    RevocationList list{taken(der), {}};
    if (const auto next = gnutls_x509_crl_get_next_update(raw); next != static_cast<std::time_t>(-1))
        list.next_update = time_of(next);
    return list;
}

} // namespace linkspan::pki
