#include "pki/content.h"

#include <algorithm>
#include <array>

namespace linkspan::pki {
namespace {

struct Label {
    std::string_view pem;
    std::string_view words;
};

constexpr std::array labels{
    Label{"CERTIFICATE", "a certificate"},
    Label{"X509 CERTIFICATE", "a certificate"},
    Label{"TRUSTED CERTIFICATE",
          "a certificate in OpenSSL's trusted form (openssl x509 -in IN -out OUT makes a plain one)"},
    Label{"CERTIFICATE REQUEST", "a certificate request, which its authority has not signed yet"},
    Label{"NEW CERTIFICATE REQUEST", "a certificate request, which its authority has not signed yet"},
    Label{"X509 CRL", "a certificate revocation list"},
    Label{"PUBLIC KEY", "a public key"},
    Label{"RSA PUBLIC KEY", "a public key"},
    Label{"OPENSSH PRIVATE KEY", "a key of OpenSSH (ssh-keygen -p -m PKCS8 -f FILE turns it into PKCS#8)"},
    Label{"PRIVATE KEY", "a private key"},
    Label{"RSA PRIVATE KEY", "a private key"},
    Label{"EC PRIVATE KEY", "a private key"},
    Label{"EC PARAMETERS", "the parameters of a curve"},
    Label{"PKCS7", "a PKCS#7 bundle (openssl pkcs7 -print_certs -in IN -out OUT unpacks it)"},
    Label{"PGP PRIVATE KEY BLOCK", "a key of PGP"},
};

/// The label of the first PEM block; empty where there is none.
std::string_view first_label(std::string_view bytes)
{
    constexpr std::string_view begin = "-----BEGIN ";
    const auto at = bytes.find(begin);
    if (at == std::string_view::npos) return {};
    const auto label = bytes.substr(at + begin.size());
    return label.substr(0, label.find("-----"));
}

/// PFX ::= SEQUENCE { version INTEGER (3), … (RFC 7292); the length of anything that holds a key takes two bytes.
bool is_pkcs12(std::string_view bytes)
{
    return bytes.starts_with("\x30\x82") && bytes.size() > 6 && bytes.substr(4).starts_with("\x02\x01\x03");
}

} // namespace

std::string content_of(std::string_view bytes)
{
    const auto found = std::ranges::find(labels, first_label(bytes), &Label::pem);
    if (found != labels.end()) return "it holds " + std::string{found->words};
    if (is_pkcs12(bytes)) return "it holds a PKCS#12 bundle (openssl pkcs12 -in IN -nodes -out OUT unpacks it)";
    return bytes.empty() ? "it is empty" : "it holds nothing known";
}

} // namespace linkspan::pki
