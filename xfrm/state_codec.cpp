#include "xfrm/state_codec.h"

#include "netlink/attributes.h"
#include "xfrm/static_codec.h"
#include "xfrm/wire.h"

#include <arpa/inet.h>
#include <linux/xfrm.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace linkspan::xfrm {

namespace {

/// The kernel tells no state number. An SA that waits for its keys (XFRM_STATE_ACQ) carries no algorithm.
bool is_algorithm(std::uint16_t type)
{
    return type == XFRMA_ALG_AEAD || type == XFRMA_ALG_CRYPT || type == XFRMA_ALG_AUTH || type == XFRMA_ALG_AUTH_TRUNC;
}

/// The fixed part of an algorithm attribute; the key is behind it.
std::size_t size_before_key(std::uint16_t type)
{
    if (type == XFRMA_ALG_AEAD) return sizeof(xfrm_algo_aead);
    return type == XFRMA_ALG_AUTH_TRUNC ? sizeof(xfrm_algo_auth) : sizeof(xfrm_algo);
}

/// Since Linux 6.10; what is told must be repeated.
constexpr std::uint16_t attribute_direction = 33; // XFRMA_SA_DIR

bool is_repeated(std::uint16_t type)
{
    constexpr std::array repeated{XFRMA_MARK, XFRMA_SET_MARK, XFRMA_SET_MARK_MASK, XFRMA_IF_ID, XFRMA_ENCAP};
    return is_algorithm(type) || type == attribute_direction || std::ranges::find(repeated, type) != repeated.end();
}

/// A moment (seconds since the epoch) long before any SA was added, and not 0.
constexpr std::uint64_t long_ago = 1;
/// Lifetime until renewal, in seconds, that we leave to an SA that comes first, so none was added after it. A daemon's
/// are minutes at least.
constexpr std::uint64_t last_second = 1;

Rank rank_of(const xfrm_usersa_info& info)
{
    if (info.curlft.add_time == long_ago) return Rank::Last;
    return info.lft.soft_add_expires_seconds == last_second ? Rank::First : Rank::Plain;
}

std::uint64_t soft_expiry(const xfrm_usersa_info& info)
{
    const auto after = info.lft.soft_add_expires_seconds;
    return after == 0 ? 0 : info.curlft.add_time + after;
}

/// When an SA of that rank is to seem added.
std::uint64_t added_as(const xfrm_usersa_info& info, Rank rank)
{
    if (rank == Rank::Plain) return info.curlft.add_time;
    return rank == Rank::Last ? long_ago : soft_expiry(info) - last_second;
}

void encode_id(const xfrm_usersa_info& info, xfrm_usersa_id& id)
{
    id.daddr = info.id.daddr;
    id.spi = info.id.spi;
    id.family = info.family;
    id.proto = info.id.proto;
}

void repeat(const Renewable& state, netlink::Message& message, auto which)
{
    for (const auto& [type, value] : state.attributes)
        if (which(type)) message.bytes(type, value);
}

/// A message that is about the whole of an SA.
void name(std::uint16_t type, const ObservedState& state, netlink::Message& message)
{
    message.reset(type, 0);
    auto& id = message.body<xfrm_usersa_id>();
    encode_address(state.key.destination, id.daddr);
    id.spi = htonl(state.key.spi.value);
    id.family = static_cast<std::uint16_t>(address_family(state.key.destination.family));
    id.proto = IPPROTO_ESP;
    if (state.mark.value) message.pod(XFRMA_MARK, xfrm_mark{.v = state.mark.value, .m = 0xffff'ffff});
}

} // namespace

void encode_delete(const ObservedState& state, netlink::Message& message)
{
    name(XFRM_MSG_DELSA, state, message);
}

void encode_get(const ObservedState& state, netlink::Message& message)
{
    name(XFRM_MSG_GETSA, state, message);
}

/// A dump request has no fixed header: the kernel parses attributes right behind the netlink header (xfrm_dump_sa).
void encode_dump_states(netlink::Message& message)
{
    message.reset(XFRM_MSG_GETSA, 0);
    message.pod(XFRMA_PROTO, std::uint8_t{IPPROTO_ESP});
}

std::optional<ObservedState> decode_state(const nlmsghdr& message)
{
    if (message.nlmsg_type != XFRM_MSG_NEWSA) return std::nullopt;
    const auto info = netlink::body_of<xfrm_usersa_info>(message);
    if (!info || info->id.proto != IPPROTO_ESP || !is_ours(Reqid{info->reqid})) return std::nullopt;
    const auto family = decode_family(info->family);
    if (!family) return std::nullopt;
    ObservedState state{
        .key = {decode_address(info->id.daddr, *family), Spi{ntohl(info->id.spi)}},
        .source = decode_address(info->saddr, *family),
        .reqid = Reqid{info->reqid},
        .bytes = info->curlft.bytes,
        .packets = info->curlft.packets,
        .errors = {info->stats.replay_window, info->stats.replay, info->stats.integrity_failed},
        .added = info->curlft.add_time,
        .soft_expiry = soft_expiry(*info),
        .rank = rank_of(*info),
        .larval = true,
    };
    for (const netlink::Attribute attribute : netlink::attributes_of(message, sizeof(xfrm_usersa_info))) {
        if (attribute.type == XFRMA_MARK) state.mark = {attribute.get<xfrm_mark>().value_or(xfrm_mark{}).v};
        if (attribute.type == XFRMA_IF_ID) state.if_id = {attribute.get<std::uint32_t>().value_or(0)};
        if (is_algorithm(attribute.type)) state.larval = false;
    }
    decode_static(message, *info, state);
    return state;
}

std::optional<Renewable> decode_renewable(const nlmsghdr& message)
{
    if (message.nlmsg_type != XFRM_MSG_NEWSA) return std::nullopt;
    const auto info = netlink::body_of<xfrm_usersa_info>(message);
    if (!info || soft_expiry(*info) == 0) return std::nullopt;
    const auto hard = info->lft.hard_add_expires_seconds;
    if (hard != 0 && hard < info->lft.soft_add_expires_seconds) return std::nullopt;
    Renewable state{.info = *info};
    bool larval = true;
    for (const netlink::Attribute attribute : netlink::attributes_of(message, sizeof(xfrm_usersa_info))) {
        if (attribute.type == XFRMA_OFFLOAD_DEV) return std::nullopt;
        if (!is_repeated(attribute.type)) continue;
        std::vector<std::byte> value{attribute.payload.begin(), attribute.payload.end()};
        if (is_algorithm(attribute.type)) {
            larval = false;
            const auto fixed = std::min(size_before_key(attribute.type), value.size());
            ::explicit_bzero(value.data() + fixed, value.size() - fixed);
        }
        state.attributes.emplace_back(attribute.type, std::move(value));
    }
    return larval ? std::nullopt : std::optional{std::move(state)};
}

void encode_added(const Renewable& state, Rank rank, netlink::Message& message)
{
    message.reset(XFRM_MSG_NEWAE, NLM_F_REPLACE);
    auto& event = message.body<xfrm_aevent_id>();
    encode_id(state.info, event.sa_id);
    event.saddr = state.info.saddr;
    event.reqid = state.info.reqid;
    auto current = state.info.curlft;
    current.add_time = added_as(state.info, rank);
    message.pod(XFRMA_LTIME_VAL, current);
    repeat(state, message, [](auto type) { return type == XFRMA_MARK; });
}

void encode_lifetimes(const Renewable& state, Rank rank, netlink::Message& message)
{
    message.reset(XFRM_MSG_UPDSA, 0);
    auto& info = message.body<xfrm_usersa_info>();
    info = state.info;
    info.flags = 0; // of the SA only its lifetimes are changed, and XFRM_STATE_ESN would want a window repeated
    info.replay_window = 0;
    for (auto* limit : {&info.lft.soft_add_expires_seconds, &info.lft.hard_add_expires_seconds})
        if (*limit != 0) *limit = state.info.curlft.add_time + *limit - added_as(state.info, rank);
    repeat(state, message, [](auto) { return true; });
}

} // namespace linkspan::xfrm
