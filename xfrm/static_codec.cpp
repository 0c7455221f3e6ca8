#include "xfrm/static_codec.h"

#include "netlink/attributes.h"
#include "xfrm/static_state.h"
#include "xfrm/wire.h"

#include <arpa/inet.h>
#include <linux/udp.h>
#include <linux/xfrm.h>
#include <netinet/in.h>

#include <array>
#include <cstring>

namespace linkspan::xfrm {
namespace {

constexpr std::uint16_t nat_port = 4500;
constexpr std::uint32_t window_word = 32;
constexpr std::size_t longest_key = 64;
constexpr std::size_t most_words = 4096 / window_word;

/// An algorithm's attribute: its fixed part, and its key behind it. Wiped when done with.
template <typename Fixed>
class Keyed {
public:
    Keyed(std::string_view name, std::string_view key)
    {
        fixed().alg_key_len = static_cast<unsigned>(key.size() * 8);
        std::memcpy(fixed().alg_name, name.data(), std::min(name.size(), sizeof(Fixed::alg_name) - 1));
        std::memcpy(bytes_.data() + sizeof(Fixed), key.data(), std::min(key.size(), longest_key));
        size_ = sizeof(Fixed) + std::min(key.size(), longest_key);
    }
    Keyed(const Keyed&) = delete;
    Keyed& operator=(const Keyed&) = delete;
    ~Keyed() { Secret::wipe({reinterpret_cast<char*>(bytes_.data()), bytes_.size()}); }

    Fixed& fixed() { return *reinterpret_cast<Fixed*>(bytes_.data()); }
    [[nodiscard]] std::span<const std::byte> bytes() const { return std::span{bytes_}.first(size_); }

private:
    alignas(8) std::array<std::byte, sizeof(Fixed) + longest_key> bytes_ = {};
    std::size_t size_ = 0;
};

void put_algorithms(const EspSuite& suite, std::string_view keys, netlink::Message& message)
{
    if (suite.is_aead()) {
        Keyed<xfrm_algo_aead> aead{suite.cipher, keys};
        aead.fixed().alg_icv_len = suite.icv_bits;
        message.bytes(XFRMA_ALG_AEAD, aead.bytes());
        return;
    }
    Keyed<xfrm_algo_auth> integrity{suite.integrity, keys.substr(suite.key_bytes)};
    integrity.fixed().alg_trunc_len = suite.icv_bits;
    message.bytes(XFRMA_ALG_AUTH_TRUNC, integrity.bytes());
    message.bytes(XFRMA_ALG_CRYPT, Keyed<xfrm_algo>{suite.cipher, keys.substr(0, suite.key_bytes)}.bytes());
}

/// The window of an outbound SA is of no use but to extended sequence numbers, which the kernel refuses without one.
void put_sequence(const StateSpec& spec, netlink::Message& message)
{
    const auto low = static_cast<std::uint32_t>(spec.sequence), high = static_cast<std::uint32_t>(spec.sequence >> 32);
    if (spec.replay_window == 0) {
        const xfrm_replay_state state{.oseq = spec.outbound ? low : 0, .seq = spec.outbound ? 0 : low, .bitmap = 0};
        message.pod(XFRMA_REPLAY_VAL, state);
        return;
    }
    const auto words = std::min<std::size_t>((spec.replay_window + window_word - 1) / window_word, most_words);
    alignas(8) std::array<std::byte, sizeof(xfrm_replay_state_esn) + most_words * 4> bytes{};
    auto& state = *reinterpret_cast<xfrm_replay_state_esn*>(bytes.data());
    state.bmp_len = static_cast<std::uint32_t>(words);
    state.replay_window = spec.replay_window;
    (spec.outbound ? state.oseq : state.seq) = low;
    (spec.outbound ? state.oseq_hi : state.seq_hi) = high;
    message.bytes(XFRMA_REPLAY_ESN_VAL, std::span{bytes}.first(sizeof state + words * 4));
}

/// The fixed part of an attribute, whose type may end in an array of no size; false where the attribute is shorter.
template <typename Fixed>
bool read_fixed(const netlink::Attribute& attribute, Fixed& into)
{
    if (attribute.payload.size() < sizeof(Fixed)) return false;
    std::memcpy(&into, attribute.payload.data(), sizeof(Fixed));
    return true;
}

/// An algorithm's name, and its key as long as it says; empty where it is cut.
template <typename Fixed>
void read_algorithm(const netlink::Attribute& attribute, std::string& name, std::string_view& key)
{
    Fixed fixed;
    if (!read_fixed(attribute, fixed)) return;
    name.assign(fixed.alg_name, ::strnlen(fixed.alg_name, sizeof fixed.alg_name));
    const std::size_t size = fixed.alg_key_len / 8;
    if (size <= attribute.payload.size() - sizeof(Fixed))
        key = {reinterpret_cast<const char*>(attribute.payload.data()) + sizeof(Fixed), size};
}

/// What a static SA is made of, collected attribute by attribute; the views live as long as the message.
struct Material {
    std::string cipher = {}, integrity = {};
    std::string_view cipher_key = {}, integrity_key = {};

    [[nodiscard]] std::uint64_t digest() const
    {
        for (const auto& suite : esp_suites()) {
            if (suite.cipher != cipher || suite.integrity != integrity || suite.key_bytes != cipher_key.size())
                continue;
            std::array<char, 2 * longest_key> keys{};
            const auto size = cipher_key.size() + integrity_key.size();
            if (size > keys.size()) return 0;
            std::memcpy(keys.data(), cipher_key.data(), cipher_key.size());
            if (!integrity_key.empty())
                std::memcpy(keys.data() + cipher_key.size(), integrity_key.data(), integrity_key.size());
            const auto digest = digest_of(suite, {keys.data(), size});
            Secret::wipe(keys);
            return digest;
        }
        return 0;
    }
};

void take(const netlink::Attribute& attribute, Material& material, ObservedState& state)
{
    switch (attribute.type) {
    case XFRMA_ALG_AEAD: return read_algorithm<xfrm_algo_aead>(attribute, material.cipher, material.cipher_key);
    case XFRMA_ALG_CRYPT: return read_algorithm<xfrm_algo>(attribute, material.cipher, material.cipher_key);
    case XFRMA_ALG_AUTH_TRUNC:
        return read_algorithm<xfrm_algo_auth>(attribute, material.integrity, material.integrity_key);
    case XFRMA_ENCAP: state.encapsulated = true; return;
    case XFRMA_REPLAY_VAL:
        if (const auto replay = attribute.get<xfrm_replay_state>()) {
            state.sent = replay->oseq;
            state.received = replay->seq;
        }
        return;
    case XFRMA_REPLAY_ESN_VAL: {
        xfrm_replay_state_esn replay;
        if (!read_fixed(attribute, replay)) return;
        state.sent = replay.oseq | std::uint64_t{replay.oseq_hi} << 32;
        state.received = replay.seq | std::uint64_t{replay.seq_hi} << 32;
        state.replay_window = replay.replay_window;
        return;
    }
    default: break;
    }
}

} // namespace

void encode_install(const StateSpec& spec, netlink::Message& message)
{
    message.reset(XFRM_MSG_NEWSA, 0);
    auto& info = message.body<xfrm_usersa_info>();
    encode_address(spec.key.destination, info.id.daddr);
    encode_address(spec.source, info.saddr);
    info.id.spi = htonl(spec.key.spi.value);
    info.id.proto = IPPROTO_ESP;
    info.lft.soft_byte_limit = info.lft.hard_byte_limit = XFRM_INF;
    info.lft.soft_packet_limit = info.lft.hard_packet_limit = XFRM_INF;
    info.reqid = spec.reqid.value;
    info.family = static_cast<std::uint16_t>(address_family(spec.key.destination.family));
    info.mode = XFRM_MODE_TUNNEL;
    info.sel.user = static_uid;
    info.flags = static_cast<std::uint8_t>(XFRM_STATE_AF_UNSPEC | (spec.esn ? XFRM_STATE_ESN : 0));
    put_algorithms(*spec.suite, spec.keys->reveal(), message);
    put_sequence(spec, message);
    if (spec.encapsulated)
        message.pod(XFRMA_ENCAP, xfrm_encap_tmpl{.encap_type = UDP_ENCAP_ESPINUDP,
                                                 .encap_sport = htons(nat_port),
                                                 .encap_dport = htons(nat_port),
                                                 .encap_oa = {}});
    if (spec.mark.value) message.pod(XFRMA_MARK, xfrm_mark{.v = spec.mark.value, .m = 0xffff'ffff});
    if (spec.if_id.value) message.pod(XFRMA_IF_ID, spec.if_id.value);
}

void decode_static(const nlmsghdr& message, const xfrm_usersa_info& info, ObservedState& state)
{
    if (info.sel.user != static_uid) return;
    state.is_static = true;
    state.esn = (info.flags & XFRM_STATE_ESN) != 0;
    Material material;
    for (const netlink::Attribute attribute : netlink::attributes_of(message, sizeof(xfrm_usersa_info)))
        take(attribute, material, state);
    state.digest = material.digest();
}

} // namespace linkspan::xfrm
