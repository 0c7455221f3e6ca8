#include "xfrm/state_codec.h"

#include "netlink/attributes.h"
#include "xfrm/wire.h"

#include <arpa/inet.h>
#include <linux/xfrm.h>
#include <netinet/in.h>

namespace linkspan::xfrm {

namespace {

/// The kernel tells no state number. An SA that waits for its keys (XFRM_STATE_ACQ) carries no algorithm.
bool is_algorithm(std::uint16_t type)
{
    return type == XFRMA_ALG_AEAD || type == XFRMA_ALG_CRYPT || type == XFRMA_ALG_AUTH || type == XFRMA_ALG_AUTH_TRUNC;
}

} // namespace

void encode_delete(const ObservedState& state, netlink::Message& message)
{
    message.reset(XFRM_MSG_DELSA, 0);
    auto& id = message.body<xfrm_usersa_id>();
    encode_address(state.key.destination, id.daddr);
    id.spi = htonl(state.key.spi.value);
    id.family = static_cast<std::uint16_t>(address_family(state.key.destination.family));
    id.proto = IPPROTO_ESP;
    if (state.mark.value) message.pod(XFRMA_MARK, xfrm_mark{.v = state.mark.value, .m = 0xffff'ffff});
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
        .added = info->curlft.add_time,
        .larval = true,
    };
    for (const netlink::Attribute attribute : netlink::attributes_of(message, sizeof(xfrm_usersa_info))) {
        if (attribute.type == XFRMA_MARK) state.mark = {attribute.get<xfrm_mark>().value_or(xfrm_mark{}).v};
        if (attribute.type == XFRMA_IF_ID) state.if_id = {attribute.get<std::uint32_t>().value_or(0)};
        if (is_algorithm(attribute.type)) state.larval = false;
    }
    return state;
}

} // namespace linkspan::xfrm
