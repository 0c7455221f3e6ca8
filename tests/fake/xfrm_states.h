#pragma once

#include "netlink/message.h"
#include "xfrm/state_spec.h"
#include "xfrm/wire.h"

#include <arpa/inet.h>
#include <linux/xfrm.h>
#include <netinet/in.h>

#include <array>
#include <cstring>
#include <string_view>

namespace linkspan::fake {

/// A whole attribute value: the fixed part and a key behind it.
template <typename Fixed, std::size_t KeySize>
struct Keyed {
    std::array<std::byte, sizeof(Fixed) + KeySize> bytes = {};

    Keyed(const Fixed& fixed, std::string_view key)
    {
        std::memcpy(bytes.data(), &fixed, sizeof fixed);
        std::memcpy(bytes.data() + sizeof fixed, key.data(), KeySize);
    }
};

/// Seconds from an SA's renewal to its end.
inline constexpr std::uint64_t hard_after_soft = 300;

/// Writes an SA as an IKE daemon would: the message that installs it, and the one that a kernel dumps.
/// `key` is that of HMAC-SHA256, 32 bytes; there is no cipher.
inline void encode_state(const xfrm::ObservedState& state, std::string_view key, netlink::Message& message)
{
    const auto family = static_cast<std::uint16_t>(address_family(state.key.destination.family));
    message.reset(XFRM_MSG_NEWSA, 0);
    auto& info = message.body<xfrm_usersa_info>();
    xfrm::encode_address(state.key.destination, info.id.daddr);
    xfrm::encode_address(state.source, info.saddr);
    info.id.spi = htonl(state.key.spi.value);
    info.id.proto = IPPROTO_ESP;
    const auto soft = state.soft_expiry == 0 ? 0 : state.soft_expiry - state.added;
    info.lft = {XFRM_INF, XFRM_INF, XFRM_INF, XFRM_INF, soft, soft == 0 ? 0 : soft + hard_after_soft, 0, 0};
    info.curlft = {state.bytes, state.packets, state.added, 0};
    info.stats = {static_cast<std::uint32_t>(state.errors.late), static_cast<std::uint32_t>(state.errors.replayed),
                  static_cast<std::uint32_t>(state.errors.forged)};
    info.reqid = state.reqid.value;
    info.family = family;
    info.mode = XFRM_MODE_TUNNEL;
    if (state.mark.value) message.pod(XFRMA_MARK, xfrm_mark{.v = state.mark.value, .m = 0xffff'ffff});
    if (state.if_id.value) message.pod(XFRMA_IF_ID, state.if_id.value);
    if (state.larval) return;
    xfrm_algo cipher{};
    std::strcpy(cipher.alg_name, "ecb(cipher_null)");
    message.pod(XFRMA_ALG_CRYPT, cipher);
    xfrm_algo_auth mac{};
    std::strcpy(mac.alg_name, "hmac(sha256)");
    mac.alg_key_len = 256;
    mac.alg_trunc_len = 128;
    message.bytes(XFRMA_ALG_AUTH_TRUNC, Keyed<xfrm_algo_auth, 32>{mac, key}.bytes);
}

} // namespace linkspan::fake
