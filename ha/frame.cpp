#include "ha/frame.h"

#include "ha/wire.h"

#include <sodium.h>

#include <algorithm>
#include <array>

namespace linkspan::ha {
namespace {

constexpr std::uint32_t magic = 0x4c53'4841; // "LSHA"
constexpr std::uint8_t format = 1;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(frame_overhead == frame_head_size + tag_size);

using Nonce = std::array<std::uint8_t, crypto_aead_xchacha20poly1305_ietf_NPUBBYTES>;

Nonce nonce_of(const FrameHead& head)
{
    WireWriter out;
    out.put(head.boot);
    out.put(head.counter);
    out.put(static_cast<std::uint8_t>(head.node));
    out.put(static_cast<std::uint8_t>(head.kind));
    const auto bytes = out.take();
    Nonce nonce{};
    std::ranges::copy(bytes, nonce.begin());
    return nonce;
}

const std::uint8_t* bytes_of(const Key& key)
{
    return reinterpret_cast<const std::uint8_t*>(key.bytes.reveal().data());
}

std::vector<std::uint8_t> encode_head(std::uint8_t key, const FrameHead& head)
{
    WireWriter out;
    out.put(magic);
    out.put(format);
    out.put(key);
    out.put(static_cast<std::uint8_t>(head.node));
    out.put(static_cast<std::uint8_t>(head.kind));
    out.put(head.boot);
    out.put(head.counter);
    return out.take();
}

bool is_known(FrameKind kind)
{
    return kind >= FrameKind::Heartbeat && kind <= FrameKind::Missing;
}

} // namespace

std::string_view word_of(Rejection rejection)
{
    constexpr std::array<std::string_view, rejections> words{"alien",     "truncated", "unknown",  "forged",
                                                             "reflected", "replayed",  "malformed"};
    return words[static_cast<std::size_t>(rejection)];
}

std::vector<std::uint8_t> seal(const Key& key, const FrameHead& head, std::span<const std::uint8_t> payload)
{
    auto frame = encode_head(key.id, head);
    frame.resize(frame_overhead + payload.size());
    const auto nonce = nonce_of(head);
    crypto_aead_xchacha20poly1305_ietf_encrypt(frame.data() + frame_head_size, nullptr, payload.data(), payload.size(),
                                               frame.data(), frame_head_size, nullptr, nonce.data(), bytes_of(key));
    return frame;
}

std::expected<Frame, Rejection> open(const Keyring& keys, std::uint64_t own_boot,
                                     std::span<const std::uint8_t> datagram)
{
    WireReader in{datagram};
    const auto begins = in.get<std::uint32_t>();
    const auto form = in.get<std::uint8_t>();
    const auto id = in.get<std::uint8_t>();
    const auto node = in.get<std::uint8_t>();
    const auto kind = static_cast<FrameKind>(in.get<std::uint8_t>());
    Frame frame{{node == 0 ? Node::First : Node::Second, kind, in.get<std::uint64_t>(), in.get<std::uint64_t>()}, {}};
    if (datagram.size() >= 4 && begins != magic) return std::unexpected(Rejection::Alien);
    if (datagram.size() < frame_overhead || datagram.size() > frame_overhead + largest_payload)
        return std::unexpected(Rejection::Truncated);
    const auto* key = keys.find(id);
    if (form != format || !key || node > 1 || !is_known(kind)) return std::unexpected(Rejection::Unknown);
    frame.payload.resize(datagram.size() - frame_overhead);
    const auto nonce = nonce_of(frame.head);
    const auto sealed = datagram.subspan(frame_head_size);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(frame.payload.data(), nullptr, nullptr, sealed.data(), sealed.size(),
                                                   datagram.data(), frame_head_size, nonce.data(), bytes_of(*key)) != 0)
        return std::unexpected(Rejection::Forged);
    if (frame.head.boot == own_boot) return std::unexpected(Rejection::Reflected);
    return frame;
}

} // namespace linkspan::ha
