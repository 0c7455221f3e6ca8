#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "base/identity.h"

#include <string>
#include <string_view>
#include <vector>

namespace linkspan::pki {

/// One part of a distinguished name: "CN" (or an OID, where it has no short name) and its text.
struct Attribute {
    std::string type = {};
    std::string value = {};
    bool operator==(const Attribute&) const = default;
};

/// An X.509 certificate, as far as IKE cares.
struct Certificate {
    std::string der = {};
    std::string subject = {};               ///< for people: "CN=edge-1,O=Example" (RFC 4514: the last part first)
    std::string subject_der = {};           ///< as it stands in the certificate
    std::vector<Attribute> attributes = {}; ///< of the subject, in the certificate's order
    std::vector<Identity> names = {};       ///< subjectAltName: host names, e-mail and IP addresses
    std::string key_identifier = {};        ///< subjectKeyIdentifier, hexadecimal; empty = none
    std::string public_key = {};            ///< a fingerprint, to compare with key_fingerprint
    WallTime not_before = {};
    WallTime not_after = {};
    bool authority = false; ///< basic constraints: CA
    bool operator==(const Certificate&) const = default;
};

/// All certificates of a file's content, PEM (any number) or DER (one). Kind::Config: it holds none, or broken ones.
[[nodiscard]] Result<std::vector<Certificate>> decode_certificates(std::string_view bytes);

/// True where a peer that is shown the certificate believes the identity: it stands in the subject or in the
/// subjectAltName (charon, x509_cert.c has_subject).
[[nodiscard]] bool confirms(const Certificate& certificate, const Identity& identity);

/// The identities a certificate confirms, for a message: `"CN=edge-1,O=Example", edge-1.example.org`.
[[nodiscard]] std::string identities_of(const Certificate& certificate);

/// The subject as an identity in strongSwan's notation that cannot be misread: "asn1dn:#30...".
[[nodiscard]] std::string subject_identity(const Certificate& certificate);

} // namespace linkspan::pki
