#pragma once

#include "base/error.h"

#include <string>
#include <string_view>

namespace linkspan {

/// An IKE identity in strongSwan's notation, read as charon reads it (identification.c, 5.9.8). charon takes what it
/// cannot make sense of for a KEY_ID; here that is an Error, since it is a typing mistake far more often.
struct Identity {
    enum class Type { Any, Ipv4, Ipv6, Fqdn, Email, Dn, KeyId };

    Type type = Type::Any;
    /// Without its prefix: an address as IpAddress writes it, a name or an e-mail address in lower case. Binary values
    /// are '#' and lower-case hexadecimal digits.
    std::string value = {};

    auto operator<=>(const Identity&) const = default;
    [[nodiscard]] static Result<Identity> parse(std::string_view text);
};

/// "a host name", "an e-mail address": for messages.
[[nodiscard]] std::string_view name_of(Identity::Type type);

} // namespace linkspan
