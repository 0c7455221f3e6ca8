#include "base/identity.h"

#include "base/ip.h"

#include <algorithm>
#include <array>

namespace linkspan {
namespace {

using Type = Identity::Type;

struct Prefix {
    std::string_view word;
    Type type;
};
constexpr std::array prefixes{
    Prefix{"ipv4:", Type::Ipv4},    Prefix{"ipv6:", Type::Ipv6},      Prefix{"fqdn:", Type::Fqdn},
    Prefix{"dns:", Type::Fqdn},     Prefix{"email:", Type::Email},    Prefix{"rfc822:", Type::Email},
    Prefix{"asn1dn:", Type::Dn},    Prefix{"userfqdn:", Type::Email}, Prefix{"keyid:", Type::KeyId},
    Prefix{"xmppaddr:", Type::Any}, // known to charon, never an IKE identity of a gateway
};
constexpr std::array<std::string_view, 6> anything{"%any", "%any6", "*", "0.0.0.0", "::", "0::0"};

std::string quoted(std::string_view text)
{
    return "`" + std::string{text} + "`";
}

std::string lower(std::string_view text)
{
    std::string copy{text};
    std::ranges::transform(copy, copy.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
    return copy;
}

Result<Identity> binary(Type type, std::string_view digits, std::string_view text)
{
    constexpr std::string_view hex = "0123456789abcdefABCDEF";
    if (digits.empty() || digits.size() % 2 != 0 || digits.find_first_not_of(hex) != std::string_view::npos)
        return failure(Kind::Config, quoted(text) + ": behind '#' stand hexadecimal digits, two for each byte");
    return Identity{type, "#" + lower(digits)};
}

Result<Identity> address(Type type, std::string_view value)
{
    const auto parsed = IpAddress::parse(value);
    if (!parsed || (parsed->family == Family::V4) != (type == Type::Ipv4))
        return failure(Kind::Config,
                       quoted(value) + " is not an " + (type == Type::Ipv4 ? "IPv4" : "IPv6") + " address");
    return Identity{type, parsed->text()};
}

Result<Identity> email(std::string_view value)
{
    const auto at = value.find('@');
    if (at == 0 || at == std::string_view::npos || at + 1 == value.size())
        return failure(Kind::Config, quoted(value) + " is not an e-mail address, like admin@example.org");
    return Identity{Type::Email, lower(value)};
}

Result<Identity> host_name(std::string_view value)
{
    constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_*";
    if (value.find_first_not_of(allowed) != std::string_view::npos)
        return failure(Kind::Config,
                       quoted(value) + " is not a host name; for any other text write keyid:" + std::string{value});
    // "203.0.113.300": charon would take it for a name, and no peer would ever use that.
    if (value.find_first_not_of("0123456789.") == std::string_view::npos)
        return failure(Kind::Config, quoted(value) +
                                         " is neither an address nor a host name; for any other text write "
                                         "keyid:" +
                                         std::string{value});
    return Identity{Type::Fqdn, lower(value)};
}

Result<Identity> distinguished_name(std::string_view value)
{
    // "C=DE, O=Example, CN=edge-1" or "/C=DE/O=Example/CN=edge-1"
    const char separator = value.starts_with('/') ? '/' : ',';
    std::string_view rest = value.substr(value.starts_with('/') ? 1 : 0);
    while (!rest.empty()) {
        const auto part = rest.substr(0, rest.find(separator));
        const auto equals = part.find('=');
        if (equals == std::string_view::npos || part.find_first_not_of(" ") == equals)
            return failure(Kind::Config,
                           quoted(value) + " is not a distinguished name, like \"C=DE, O=Example, CN=edge-1\"");
        rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    }
    return Identity{Type::Dn, std::string{value}};
}

Result<Identity> of_type(Type type, std::string_view value, std::string_view text)
{
    if (value.empty()) return failure(Kind::Config, quoted(text) + " names nothing behind its prefix");
    if (value.starts_with('#') && type != Type::Ipv4 && type != Type::Ipv6) return binary(type, value.substr(1), text);
    switch (type) {
    case Type::Ipv4:
    case Type::Ipv6: return address(type, value);
    case Type::Fqdn: return host_name(value);
    case Type::Email: return email(value);
    case Type::Dn: return distinguished_name(value);
    case Type::KeyId: return Identity{type, std::string{value}};
    case Type::Any: break;
    }
    return failure(Kind::Config, quoted(text) + " is of a type no gateway uses");
}

Result<Identity> with_at(std::string_view text)
{
    if (text.starts_with("@#")) return binary(Type::KeyId, text.substr(2), text);
    if (text.starts_with("@@")) return email(text.substr(2));
    if (text.starts_with('@')) return of_type(Type::Fqdn, text.substr(1), text);
    return email(text);
}

} // namespace

Result<Identity> Identity::parse(std::string_view text)
{
    if (text.empty()) return failure(Kind::Config, "the identity is empty");
    const auto* prefix = std::ranges::find_if(prefixes, [&](const Prefix& p) { return text.starts_with(p.word); });
    if (prefix != prefixes.end()) return of_type(prefix->type, text.substr(prefix->word.size()), text);
    if (std::ranges::find(anything, text) != anything.end()) return Identity{};
    if (text.contains('=')) return distinguished_name(text);
    if (text.contains('@')) return with_at(text);
    if (const auto parsed = IpAddress::parse(text))
        return Identity{parsed->family == Family::V4 ? Type::Ipv4 : Type::Ipv6, parsed->text()};
    if (text.contains(':'))
        return failure(Kind::Config, quoted(text) +
                                         " is neither an IPv6 address nor has it a known prefix; for such a "
                                         "text write keyid:" +
                                         std::string{text});
    return host_name(text);
}

std::string_view name_of(Identity::Type type)
{
    switch (type) {
    case Type::Any: return "any identity";
    case Type::Ipv4: return "an IPv4 address";
    case Type::Ipv6: return "an IPv6 address";
    case Type::Fqdn: return "a host name";
    case Type::Email: return "an e-mail address";
    case Type::Dn: return "a distinguished name";
    case Type::KeyId: return "a key id";
    }
    return "?";
}

} // namespace linkspan
