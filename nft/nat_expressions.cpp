#include "nft/nat_expressions.h"

#include "nft/nat_wire.h"

#include <linux/netfilter.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>

namespace linkspan::nft {
namespace {

using netlink::Message;

/// Registers: what tells the CHILD_SA, and what a map answers.
constexpr std::uint32_t teller = NFT_REG32_00, answer = NFT_REG_3;

/// The address, behind what tells the CHILD_SA: a number, or the name of a link.
constexpr std::uint32_t address_register(Entrance entrance)
{
    return entrance == Entrance::Link ? NFT_REG32_04 : NFT_REG32_01;
}

template <typename Fill>
void put_expression(Message& message, std::string_view name, Fill fill)
{
    message.nest(NFTA_LIST_ELEM, [&](Message& m) {
        m.text(NFTA_EXPR_NAME, name);
        m.nest(NFTA_EXPR_DATA, fill);
    });
}

void put_data(Message& message, std::uint16_t attribute, std::span<const std::byte> value)
{
    message.nest(attribute, [&](Message& m) { m.bytes(NFTA_DATA_VALUE, value); });
}

void put_meta(Message& message, nft_meta_keys key, std::uint32_t into = answer)
{
    put_expression(message, "meta", [&](Message& m) {
        put_number(m, NFTA_META_DREG, into);
        put_number(m, NFTA_META_KEY, key);
    });
}

void put_compare(Message& message, nft_cmp_ops operation, std::uint8_t value)
{
    put_expression(message, "cmp", [&](Message& m) {
        put_number(m, NFTA_CMP_SREG, answer);
        put_number(m, NFTA_CMP_OP, operation);
        put_data(m, NFTA_CMP_DATA, std::as_bytes(std::span{&value, 1}));
    });
}

/// What tells the packet's CHILD_SA; the rule ends where it has none.
void put_teller(Message& message, Entrance entrance)
{
    if (entrance == Entrance::Link) return put_meta(message, NFT_META_IIFNAME, teller);
    constexpr std::uint8_t in = 0, out = 1; // XFRM_POLICY_IN, XFRM_POLICY_OUT
    put_expression(message, "xfrm", [&](Message& m) {
        put_number(m, NFTA_XFRM_DREG, teller);
        put_number(m, NFTA_XFRM_KEY, NFT_XFRM_KEY_REQID);
        m.pod(NFTA_XFRM_DIR, entrance == Entrance::Out ? out : in);
        put_number(m, NFTA_XFRM_SPNUM, 0);
    });
}

void put_verdict(Message& message, int code, std::string_view chain)
{
    put_expression(message, "immediate", [&](Message& m) {
        put_number(m, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
        m.nest(NFTA_IMMEDIATE_DATA, [&](Message& data) {
            data.nest(NFTA_DATA_VERDICT, [&](Message& verdict) {
                put_number(verdict, NFTA_VERDICT_CODE, static_cast<std::uint32_t>(code));
                if (!chain.empty()) verdict.text(NFTA_VERDICT_CHAIN, chain);
            });
        });
    });
}

/// Where an address stands, and which checksums know it.
struct Place {
    nft_payload_bases base = NFT_PAYLOAD_NETWORK_HEADER;
    std::uint32_t offset = 0;
    std::optional<std::uint32_t> checksum = {}; ///< of a header, from the same base
    bool pseudo_header = false;                 ///< that of the transport, too
};

/// Of a packet inside an ICMP error, IPv4's header keeps its own checksum, and by that the error's stays right; IPv6's has
/// none, so the error's must follow. The checksum of the transport in there is left: nobody verifies it.
Place place_of(Family family, End end, bool inner)
{
    const bool v4 = family == Family::V4;
    const std::uint32_t source = v4 ? 12 : 8;
    const std::uint32_t offset = source + (end == End::Source ? 0 : bytes_of(family));
    constexpr std::uint32_t icmp_header = 8;
    if (!inner) return {NFT_PAYLOAD_NETWORK_HEADER, offset, v4 ? std::optional<std::uint32_t>{10} : std::nullopt, true};
    return {NFT_PAYLOAD_TRANSPORT_HEADER, icmp_header + offset, v4 ? icmp_header + 10 : 2};
}

void put_load(Message& message, std::uint32_t into, nft_payload_bases base, std::uint32_t offset, std::uint32_t length)
{
    put_expression(message, "payload", [&](Message& m) {
        put_number(m, NFTA_PAYLOAD_DREG, into);
        put_number(m, NFTA_PAYLOAD_BASE, base);
        put_number(m, NFTA_PAYLOAD_OFFSET, offset);
        put_number(m, NFTA_PAYLOAD_LEN, length);
    });
}

void put_store(Message& message, const Place& place, std::uint32_t length)
{
    put_expression(message, "payload", [&](Message& m) {
        put_number(m, NFTA_PAYLOAD_SREG, answer);
        put_number(m, NFTA_PAYLOAD_BASE, place.base);
        put_number(m, NFTA_PAYLOAD_OFFSET, place.offset);
        put_number(m, NFTA_PAYLOAD_LEN, length);
        put_number(m, NFTA_PAYLOAD_CSUM_TYPE, place.checksum ? NFT_PAYLOAD_CSUM_INET : NFT_PAYLOAD_CSUM_NONE);
        if (place.checksum) put_number(m, NFTA_PAYLOAD_CSUM_OFFSET, *place.checksum);
        if (place.pseudo_header) put_number(m, NFTA_PAYLOAD_CSUM_FLAGS, NFT_PAYLOAD_L4CSUM_PSEUDOHDR);
    });
}

void put_mask(Message& message, std::uint32_t address, std::uint32_t length, std::uint32_t bits)
{
    std::array<std::byte, 16> mask{}, none{};
    std::fill_n(mask.begin(), bits / 8, std::byte{0xff});
    put_expression(message, "bitwise", [&](Message& m) {
        put_number(m, NFTA_BITWISE_SREG, address);
        put_number(m, NFTA_BITWISE_DREG, address);
        put_number(m, NFTA_BITWISE_LEN, length);
        put_data(m, NFTA_BITWISE_MASK, std::span{mask}.first(length));
        put_data(m, NFTA_BITWISE_XOR, std::span{none}.first(length));
    });
}

void put(const Gate& gate, Message& message)
{
    const std::uint8_t family = gate.family == Family::V4 ? NFPROTO_IPV4 : NFPROTO_IPV6;
    put_meta(message, NFT_META_NFPROTO);
    put_compare(message, NFT_CMP_EQ, family);
    put_teller(message, gate.entrance);
    put_expression(message, "objref", [&](Message& m) {
        put_number(m, NFTA_OBJREF_SET_SREG, teller);
        m.text(NFTA_OBJREF_SET_NAME, counter_map(gate.entrance));
    });
    put_verdict(message, NFT_JUMP, gate.target);
}

void put(const Jump& jump, Message& message)
{
    if (jump.icmp) {
        const bool v4 = jump.family == Family::V4;
        put_meta(message, NFT_META_L4PROTO);
        put_compare(message, NFT_CMP_EQ, static_cast<std::uint8_t>(v4 ? int{IPPROTO_ICMP} : int{IPPROTO_ICMPV6}));
        put_load(message, answer, NFT_PAYLOAD_TRANSPORT_HEADER, 0, 1);
        put_compare(message, v4 ? NFT_CMP_EQ : NFT_CMP_LT, *jump.icmp);
    }
    put_verdict(message, NFT_JUMP, jump.target);
}

void put(const Translate& translate, Message& message)
{
    const auto& map = translate.map;
    const auto place = place_of(map.family, translate.end, translate.inner);
    const auto address = address_register(map.entrance);
    put_teller(message, map.entrance);
    put_load(message, address, place.base, place.offset, bytes_of(map.family));
    put_mask(message, address, bytes_of(map.family), map.bits);
    put_expression(message, "lookup", [&](Message& m) {
        m.text(NFTA_LOOKUP_SET, name_of(map));
        put_number(m, NFTA_LOOKUP_SREG, teller);
        put_number(m, NFTA_LOOKUP_DREG, answer);
    });
    put_store(message, place, map.bits / 8);
    put_verdict(message, NFT_RETURN, {});
}

} // namespace

void put_expressions(const std::variant<Gate, Jump, Translate>& what, netlink::Message& message)
{
    std::visit([&](const auto& rule) { put(rule, message); }, what);
}

} // namespace linkspan::nft
