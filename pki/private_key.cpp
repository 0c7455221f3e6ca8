#include "pki/private_key.h"

#include "pki/content.h"
#include "pki/gnutls.h"

#include <array>

namespace linkspan::pki {

Result<std::string> key_fingerprint(const Secret& key)
{
    const auto bytes = key.reveal();
    if (bytes.contains("ENCRYPTED"))
        return failure(Kind::Config,
                       "the private key is encrypted; a gateway has nobody to ask for the password: decrypt it "
                       "(openssl pkey -in IN -out OUT) and protect the file, or seal it with systemd-creds");
    gnutls_x509_privkey_t raw = nullptr;
    if (gnutls_x509_privkey_init(&raw) < 0) return failure(Kind::Bug, "out of memory");
    const KeyHandle handle{raw};
    const auto datum = datum_of(bytes);
    if (gnutls_x509_privkey_import2(raw, &datum, format_of(bytes), nullptr, GNUTLS_PKCS_PLAIN) < 0)
        return failure(Kind::Config, content_of(bytes) + ", and no private key in PKCS#8, PKCS#1 or SEC 1, PEM or DER");
    std::array<unsigned char, 64> id{};
    auto size = id.size();
    if (gnutls_x509_privkey_get_key_id(raw, GNUTLS_KEYID_USE_SHA256, id.data(), &size) < 0)
        return failure(Kind::Config, "it holds a private key of a kind that is not known");
    return hex({reinterpret_cast<const char*>(id.data()), size});
}

} // namespace linkspan::pki
