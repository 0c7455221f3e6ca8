#pragma once

#include "netlink/message.h"
#include "vti/observed.h"

#include <optional>
#include <string_view>
#include <utility>

namespace linkspan::vti {

/// The kernel's name of a kind: "vti", "vti6", "xfrm".
[[nodiscard]] std::string_view kind_name(LinkKind kind);

/// A new link, in our group from its first moment: a crash right after leaves it recognisable. It is down.
void encode_create(netlink::Message& message, const Spec& spec);
/// Alias, group, MTU and the IPv4 sysctls of an existing link.
void encode_settings(netlink::Message& message, const Spec& spec);
/// What IPv6 does with the link. The kernel refuses with Kind::Unsupported where it has no IPv6 on it.
void encode_ipv6_settings(netlink::Message& message, const LinkName& name);
void encode_up(netlink::Message& message, const LinkName& name);
void encode_delete(netlink::Message& message, const LinkName& name);

/// For Socket::dump: all links. For Socket::get: one.
void encode_dump(netlink::Message& message);
void encode_get(netlink::Message& message, const LinkName& name);

/// The link of an RTM_NEWLINK; nothing for another message or one without a name.
[[nodiscard]] std::optional<std::pair<LinkName, Link>> decode(const nlmsghdr& message);

} // namespace linkspan::vti
