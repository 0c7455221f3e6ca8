#include "xfrm/counters_codec.h"

#include "netlink/attributes.h"
#include "xfrm/wire.h"

#include <arpa/inet.h>
#include <linux/xfrm.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>

namespace linkspan::xfrm {
namespace {

constexpr std::size_t most_words = 4096 / 32; // XFRMA_REPLAY_ESN_MAX bits

bool is_algorithm(std::uint16_t type)
{
    return type == XFRMA_ALG_AEAD || type == XFRMA_ALG_CRYPT || type == XFRMA_ALG_AUTH || type == XFRMA_ALG_AUTH_TRUNC;
}

std::uint64_t joined(std::uint32_t high, std::uint32_t low)
{
    return std::uint64_t{high} << 32 | low;
}

/// True where the attribute told the numbers.
bool take(const netlink::Attribute& attribute, SaCounters& counters)
{
    if (attribute.type == XFRMA_REPLAY_VAL && counters.words == 0) {
        const auto state = attribute.get<xfrm_replay_state>();
        if (!state) return false;
        counters.sent = state->oseq;
        counters.received = state->seq;
        return true;
    }
    if (attribute.type != XFRMA_REPLAY_ESN_VAL) return false;
    std::array<std::uint32_t, 6> fixed{}; // xfrm_replay_state_esn, which ends in an array of no size
    if (attribute.payload.size() < sizeof fixed) return false;
    std::memcpy(fixed.data(), attribute.payload.data(), sizeof fixed);
    const auto [words, oseq, seq, oseq_hi, seq_hi, window] = fixed;
    if (words == 0 || words > most_words) return false;
    counters.words = words;
    counters.window = window;
    counters.sent = joined(oseq_hi, oseq);
    counters.received = joined(seq_hi, seq);
    return true;
}

xfrm_aevent_id& start(std::uint16_t type, std::uint16_t flags, const SaCounters& counters, netlink::Message& message)
{
    message.reset(type, flags);
    auto& event = message.body<xfrm_aevent_id>();
    encode_address(counters.key.destination, event.sa_id.daddr);
    event.sa_id.spi = htonl(counters.key.spi.value);
    event.sa_id.family = static_cast<std::uint16_t>(address_family(counters.key.destination.family));
    event.sa_id.proto = IPPROTO_ESP;
    return event;
}

void put_mark(const SaCounters& counters, netlink::Message& message)
{
    if (counters.mark.value) message.pod(XFRMA_MARK, xfrm_mark{.v = counters.mark.value, .m = 0xffff'ffff});
}

void put_bitmap(const SaCounters& counters, netlink::Message& message)
{
    const auto low = [](std::uint64_t number) { return static_cast<std::uint32_t>(number); };
    const auto high = [](std::uint64_t number) { return static_cast<std::uint32_t>(number >> 32); };
    std::array<std::uint32_t, 6 + most_words> state{counters.words,          low(counters.sent),
                                                    low(counters.received),  high(counters.sent),
                                                    high(counters.received), counters.window};
    const auto words = std::min<std::size_t>(counters.words, most_words);
    if (counters.received != 0) std::fill_n(state.begin() + 6, words, 0xffff'ffff);
    message.bytes(XFRMA_REPLAY_ESN_VAL, std::as_bytes(std::span{state}.first(6 + words)));
}

} // namespace

std::optional<SaCounters> decode_counters(const nlmsghdr& message)
{
    if (message.nlmsg_type != XFRM_MSG_NEWSA) return std::nullopt;
    const auto info = netlink::body_of<xfrm_usersa_info>(message);
    if (!info || info->id.proto != IPPROTO_ESP || !is_ours(Reqid{info->reqid})) return std::nullopt;
    const auto family = decode_family(info->family);
    if (!family) return std::nullopt;
    SaCounters counters{.key = {decode_address(info->id.daddr, *family), Spi{ntohl(info->id.spi)}},
                        .reqid = Reqid{info->reqid},
                        .esn = (info->flags & XFRM_STATE_ESN) != 0,
                        .window = info->replay_window};
    bool larval = true, told = false;
    for (const netlink::Attribute attribute : netlink::attributes_of(message, sizeof(xfrm_usersa_info))) {
        if (attribute.type == XFRMA_MARK) counters.mark = {attribute.get<xfrm_mark>().value_or(xfrm_mark{}).v};
        if (is_algorithm(attribute.type)) larval = false;
        told |= take(attribute, counters);
    }
    return larval || !told ? std::nullopt : std::optional{counters};
}

void encode_counters(const SaCounters& counters, netlink::Message& message)
{
    start(XFRM_MSG_NEWAE, NLM_F_REPLACE, counters, message);
    if (counters.words == 0) {
        const xfrm_replay_state state{.oseq = static_cast<std::uint32_t>(counters.sent),
                                      .seq = static_cast<std::uint32_t>(counters.received),
                                      .bitmap = counters.received == 0 ? 0 : 0xffff'ffff};
        message.pod(XFRMA_REPLAY_VAL, state);
    } else {
        put_bitmap(counters, message);
    }
    put_mark(counters, message);
}

void encode_get_counters(const SaCounters& counters, netlink::Message& message)
{
    start(XFRM_MSG_GETAE, 0, counters, message).flags = XFRM_AE_RVAL;
    put_mark(counters, message);
}

bool decode_event(const nlmsghdr& message, SaCounters& counters)
{
    if (message.nlmsg_type != XFRM_MSG_NEWAE) return false;
    const auto event = netlink::body_of<xfrm_aevent_id>(message);
    if (!event || ntohl(event->sa_id.spi) != counters.key.spi.value) return false;
    bool told = false;
    for (const netlink::Attribute attribute : netlink::attributes_of(message, sizeof(xfrm_aevent_id)))
        told |= take(attribute, counters);
    return told;
}

} // namespace linkspan::xfrm
