#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace linkspan {

/// An integer or text with a meaning: no bare uint32_t crosses a function boundary. Host byte order.
template <typename Tag, typename T>
struct Strong {
    T value{};
    auto operator<=>(const Strong&) const = default;
};

using Reqid = Strong<struct ReqidTag, std::uint32_t>;     ///< XFRM request id; ties a policy's template to its SAs
using IfId = Strong<struct IfIdTag, std::uint32_t>;       ///< XFRM interface id; 0 = none
using Mark = Strong<struct MarkTag, std::uint32_t>;       ///< XFRM mark, matched under a full mask; 0 = none
using Spi = Strong<struct SpiTag, std::uint32_t>;         ///< security parameter index
using IfIndex = Strong<struct IfIndexTag, std::uint32_t>; ///< kernel interface index; 0 = none
using LinkName = Strong<struct LinkNameTag, std::string>; ///< interface name, at most 15 bytes
using ConnectionName = Strong<struct ConnectionNameTag, std::string>;

/// The one number a connection owns: its reqid, if_id, mark and VTI key are all this value, so whoever sees one of
/// them in `ip xfrm` knows the others. Always within [connection_id_first, connection_id_last].
using ConnectionId = Strong<struct ConnectionIdTag, std::uint32_t>;

inline constexpr std::uint32_t connection_id_first = 0x1000'0000; ///< charon allocates its own reqids from 1 upward
inline constexpr std::uint32_t connection_id_last = 0x1fff'ffff;

/// Reqids of CHILD_SAs that have one each for a pair of subnets (`selectors = "each"`).
inline constexpr std::uint32_t pair_reqid_first = 0x2000'0000;
inline constexpr std::uint32_t pair_reqid_last = 0x2fff'ffff;

[[nodiscard]] constexpr bool is_ours(IfId id)
{
    return id.value >= connection_id_first && id.value <= connection_id_last;
}
[[nodiscard]] constexpr bool is_ours(Mark mark)
{
    return is_ours(IfId{mark.value});
}
[[nodiscard]] constexpr bool is_ours(Reqid id)
{
    return is_ours(IfId{id.value}) || (id.value >= pair_reqid_first && id.value <= pair_reqid_last);
}

/// FNV-1a, 64 bit, folded to 28 bits. `hash`: what it goes on from.
[[nodiscard]] constexpr std::uint32_t fold_of(std::string_view text, std::uint64_t hash = 0xcbf2'9ce4'8422'2325)
{
    for (char c : text) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 0x100'0000'01b3;
    }
    hash ^= hash >> 28 ^ hash >> 56;
    return hash & 0x0fff'ffff;
}

/// Derives the id from the name alone, so an edit of one connection never
/// renumbers another and two gateways with the same file agree. Two names may fold to one id; config refuses such a
/// file and asks for an explicit `id`.
[[nodiscard]] constexpr ConnectionId id_of_name(std::string_view name)
{
    return {connection_id_first | fold_of(name)};
}

/// The reqid of one pair of subnets, from the connection's id and the pair's text ("10.1.0.0/16 10.20.0.0/16"): other
/// pairs that come and go never renumber it. Pairs may fold to one number; config refuses such files.
[[nodiscard]] constexpr Reqid reqid_of_pair(ConnectionId connection, std::string_view pair)
{
    return {pair_reqid_first | fold_of(pair, 0xcbf2'9ce4'8422'2325 ^ std::uint64_t{connection.value} << 32)};
}

/// Tags by which our kernel objects are recognised (docs/adr/0003-ownership-tags.md).
inline constexpr std::uint8_t route_protocol = 108; ///< rtm_protocol, ifa_proto and fra_protocol of ours
inline constexpr std::uint32_t link_group = 0x6c73; ///< IFLA_GROUP of our links ("ls"), set as they are created
inline constexpr std::string_view link_alias_tag = "linkspan:"; ///< IFLA_IFALIAS is this and the connection's name

} // namespace linkspan

template <typename Tag, typename T>
struct std::hash<linkspan::Strong<Tag, T>> {
    std::size_t operator()(const linkspan::Strong<Tag, T>& id) const noexcept { return std::hash<T>{}(id.value); }
};
