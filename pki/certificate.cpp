#include "pki/certificate.h"

#include "base/ip.h"
#include "pki/content.h"
#include "pki/gnutls.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

namespace linkspan::pki {
namespace {

/// Calls `read(buffer, &size)` with a buffer that is large enough; empty where there is no such value.
template <typename Read>
std::string sized(Read read)
{
    std::size_t size = 0;
    if (read(nullptr, &size) != GNUTLS_E_SHORT_MEMORY_BUFFER) return {};
    std::string bytes(size, '\0');
    if (read(bytes.data(), &size) < 0) return {};
    bytes.resize(size);
    return bytes;
}

std::vector<Attribute> attributes_of(gnutls_x509_crt_t certificate)
{
    std::vector<Attribute> attributes;
    for (unsigned i = 0;; ++i) {
        auto oid =
            sized([&](void* to, std::size_t* size) { return gnutls_x509_crt_get_dn_oid(certificate, i, to, size); });
        if (oid.empty()) return attributes;
        oid = oid.c_str();
        // The n-th of its type: a name may have several OUs.
        const auto* short_name = gnutls_x509_dn_oid_name(oid.c_str(), 0);
        const std::string type = short_name ? short_name : oid;
        const auto nth = static_cast<unsigned>(std::ranges::count(attributes, type, &Attribute::type));
        auto value = sized([&](void* to, std::size_t* size) {
            return gnutls_x509_crt_get_dn_by_oid(certificate, oid.c_str(), nth, 0, to, size);
        });
        while (value.ends_with('\0')) value.pop_back();
        attributes.push_back({type, std::move(value)});
    }
}

std::optional<Identity> name_of_type(unsigned type, std::string_view bytes)
{
    if (type == GNUTLS_SAN_IPADDRESS) {
        if (bytes.size() != 4 && bytes.size() != 16) return {};
        const std::span octets{reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
        const auto address = IpAddress::from_bytes(octets);
        return Identity{address.family == Family::V4 ? Identity::Type::Ipv4 : Identity::Type::Ipv6, address.text()};
    }
    const char* prefix = type == GNUTLS_SAN_DNSNAME ? "fqdn:" : type == GNUTLS_SAN_RFC822NAME ? "email:" : nullptr;
    if (!prefix) return {};
    if (auto name = Identity::parse(prefix + std::string{bytes})) return *std::move(name);
    return {};
}

std::vector<Identity> names_of(gnutls_x509_crt_t certificate)
{
    std::vector<Identity> names;
    for (unsigned i = 0;; ++i) {
        std::array<char, 1024> buffer{};
        auto size = buffer.size();
        unsigned type = 0;
        const int r = gnutls_x509_crt_get_subject_alt_name2(certificate, i, buffer.data(), &size, &type, nullptr);
        if (r == GNUTLS_E_SHORT_MEMORY_BUFFER) continue;
        if (r < 0) return names;
        if (auto name = name_of_type(type, {buffer.data(), size})) names.push_back(*std::move(name));
    }
}

Result<Certificate> decode(gnutls_x509_crt_t raw)
{
    Certificate certificate;
    gnutls_datum_t der{};
    gnutls_datum_t subject{};
    gnutls_datum_t subject_der{};
    if (gnutls_x509_crt_export2(raw, GNUTLS_X509_FMT_DER, &der) < 0)
        return failure(Kind::Config, "a certificate is broken");
    certificate.der = taken(der);
    if (gnutls_x509_crt_get_dn3(raw, &subject, 0) >= 0) certificate.subject = taken(subject);
    if (gnutls_x509_crt_get_raw_dn(raw, &subject_der) >= 0) certificate.subject_der = taken(subject_der);
    certificate.attributes = attributes_of(raw);
    certificate.names = names_of(raw);
    certificate.key_identifier = hex(
        sized([&](void* to, std::size_t* size) { return gnutls_x509_crt_get_subject_key_id(raw, to, size, nullptr); }));
    certificate.public_key = hex(sized([&](void* to, std::size_t* size) {
        return gnutls_x509_crt_get_key_id(raw, GNUTLS_KEYID_USE_SHA256, static_cast<unsigned char*>(to), size);
    }));
    certificate.not_before = time_of(gnutls_x509_crt_get_activation_time(raw));
    certificate.not_after = time_of(gnutls_x509_crt_get_expiration_time(raw));
    certificate.authority = gnutls_x509_crt_get_ca_status(raw, nullptr) > 0;
    return certificate;
}

/// What strongSwan and GnuTLS call the same attribute.
std::string attribute_type(std::string_view written)
{
    std::string type;
    for (const char c : written)
        if (c != ' ') type += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    if (type == "E" || type == "EMAILADDRESS") return "EMAIL";
    if (type == "SN") return "SERIALNUMBER";
    if (type == "S" || type == "STATEORPROVINCENAME") return "ST";
    return type;
}

bool same_value(std::string_view a, std::string_view b)
{
    const auto trim = [](std::string_view text) {
        text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
        return text.substr(0, text.find_last_not_of(' ') + 1);
    };
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : int{c}; };
    return std::ranges::equal(trim(a), trim(b), {}, lower, lower);
}

/// "C=DE, O=Example, CN=edge-1", part by part in the certificate's order.
bool is_subject(const Certificate& certificate, std::string_view text)
{
    if (text.starts_with('#')) return text.substr(1) == hex(certificate.subject_der);
    const char separator = text.starts_with('/') ? '/' : ',';
    if (separator == '/') text.remove_prefix(1);
    std::size_t i = 0;
    for (; !text.empty(); ++i) {
        const auto part = text.substr(0, text.find(separator));
        text.remove_prefix(std::min(part.size() + 1, text.size()));
        const auto equals = part.find('=');
        if (equals == std::string_view::npos || i >= certificate.attributes.size()) return false;
        const auto& [type, value] = certificate.attributes[i];
        if (attribute_type(part.substr(0, equals)) != attribute_type(type)) return false;
        if (!same_value(part.substr(equals + 1), value)) return false;
    }
    return i == certificate.attributes.size();
}

} // namespace

Result<std::vector<Certificate>> decode_certificates(std::string_view bytes)
{
    gnutls_x509_crt_t* list = nullptr;
    unsigned count = 0;
    const auto datum = datum_of(bytes);
    if (gnutls_x509_crt_list_import2(&list, &count, &datum, format_of(bytes), 0) < 0 || count == 0)
        return failure(Kind::Config, content_of(bytes) + ", and no certificate, PEM or DER");
    std::vector<CertificateHandle> handles;
    for (unsigned i = 0; i < count; ++i) handles.emplace_back(list[i]);
    gnutls_free(list);
    std::vector<Certificate> certificates;
    for (const auto& handle : handles) {
        auto certificate = decode(handle.get());
        TRY(certificate);
        certificates.push_back(*std::move(certificate));
    }
    return certificates;
}

bool confirms(const Certificate& certificate, const Identity& identity)
{
    switch (identity.type) {
    case Identity::Type::Any: return true;
    case Identity::Type::Dn: return is_subject(certificate, identity.value);
    case Identity::Type::KeyId:
        return identity.value.starts_with('#') && identity.value.substr(1) == certificate.key_identifier;
    default: return std::ranges::find(certificate.names, identity) != certificate.names.end();
    }
}

std::string identities_of(const Certificate& certificate)
{
    std::string text = "\"" + certificate.subject + "\"";
    for (const auto& name : certificate.names) text += ", " + name.value;
    return text;
}

std::string subject_identity(const Certificate& certificate)
{
    return "asn1dn:#" + hex(certificate.subject_der);
}

} // namespace linkspan::pki
