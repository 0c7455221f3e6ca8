#include "egress/client_hello.h"

#include "egress/byte_reader.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

namespace linkspan::egress {
namespace {

constexpr std::uint8_t record_handshake = 22;
constexpr std::uint8_t handshake_client_hello = 1;
constexpr std::uint8_t version_major = 3; // of every TLS; what follows differs and is not to be trusted
constexpr std::size_t max_record = 16384;
constexpr std::uint16_t extension_server_name = 0;
constexpr std::uint16_t extension_encrypted_hello = 0xfe0d;
constexpr std::uint8_t name_type_host = 0;

using Bytes = std::span<const std::uint8_t>;

std::unexpected<Error> malformed(const char* what)
{
    return failure(Kind::Protocol, std::string{"the TLS client hello "} + what);
}

/// How many bytes the handshake message takes that begins so, as far as can be told.
std::size_t message_size(Bytes carried)
{
    ByteReader in{carried};
    (void)in.u8(); // its type
    const std::size_t length = in.u24();
    return in.fell_short() ? 4 : length + 4;
}

/// The first handshake message, as far as the records at the beginning of the stream carry it. What follows it is not read:
/// it may be encrypted already.
Result<std::vector<std::uint8_t>> handshake_bytes(Bytes stream)
{
    std::vector<std::uint8_t> carried;
    while (!stream.empty() && carried.size() < std::min(message_size(carried), max_client_hello)) {
        if (stream[0] != record_handshake || (stream.size() > 1 && stream[1] != version_major))
            return failure(Kind::Protocol, "the stream is no TLS");
        if (stream.size() < 5) break;
        const std::size_t length = static_cast<std::size_t>(stream[3]) << 8 | stream[4];
        if (length == 0 || length > max_record) return malformed("is in a record of impossible length");
        const Bytes part = stream.subspan(5, std::min(length, stream.size() - 5));
        carried.insert(carried.end(), part.begin(), part.end());
        stream = stream.subspan(5 + part.size());
    }
    return carried;
}

/// The single host name of the extension. Two names, or one of another kind, are nothing a client may send.
Result<DnsName> server_name(Bytes extension)
{
    ByteReader in{extension};
    ByteReader list{in.vector16()};
    const auto type = list.u8();
    const Bytes name = list.vector16();
    if (in.fell_short() || list.fell_short() || !in.ended() || !list.ended() || type != name_type_host)
        return malformed("has a malformed server name");
    auto host = DnsName::parse({reinterpret_cast<const char*>(name.data()), name.size()});
    if (!host) return malformed("names a server that no host can be called");
    return host;
}

Result<ClientHello> read_extensions(Bytes extensions)
{
    ClientHello hello;
    std::set<std::uint16_t> seen;
    for (ByteReader in{extensions}; !in.ended();) {
        const auto type = in.u16();
        const Bytes value = in.vector16();
        if (in.fell_short()) return malformed("has an extension that ends too early");
        if (!seen.insert(type).second) return malformed("has an extension twice");
        if (type == extension_encrypted_hello) hello.encrypted_too = true;
        if (type != extension_server_name) continue;
        auto name = server_name(value);
        TRY(name);
        hello.server_name = *name;
    }
    return hello;
}

Result<ClientHello> read_hello(Bytes body)
{
    ByteReader in{body};
    (void)in.bytes(2 + 32); // legacy_version, random
    (void)in.vector8();     // legacy_session_id
    (void)in.vector16();    // cipher_suites
    (void)in.vector8();     // legacy_compression_methods
    if (in.fell_short()) return malformed("ends too early");
    if (in.ended()) return ClientHello{}; // before TLS 1.2 there may be no extensions at all
    const Bytes extensions = in.vector16();
    if (in.fell_short() || !in.ended()) return malformed("has extensions of the wrong length");
    return read_extensions(extensions);
}

} // namespace

Result<std::optional<ClientHello>> decode_client_hello(Bytes stream)
{
    const auto carried = handshake_bytes(stream);
    TRY(carried);
    ByteReader in{*carried};
    const auto type = in.u8();
    const std::size_t length = in.u24();
    if (!carried->empty() && type != handshake_client_hello) return malformed("is another message");
    if (!in.fell_short() && length + 4 > max_client_hello) return malformed("is longer than any client's");
    const Bytes body = in.bytes(length);
    if (in.fell_short()) return std::nullopt;
    return read_hello(body);
}

} // namespace linkspan::egress
