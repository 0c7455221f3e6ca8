#include "egress/client_hello.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace linkspan::egress {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes operator+(Bytes a, const Bytes& b)
{
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

Bytes number(std::size_t value, int size)
{
    Bytes bytes;
    while (size-- > 0) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * size)));
    return bytes;
}

/// With its length in front, in `size` bytes.
Bytes sized(int size, const Bytes& bytes)
{
    return number(bytes.size(), size) + bytes;
}

Bytes text(std::string_view letters)
{
    return {letters.begin(), letters.end()};
}

Bytes extension(std::size_t type, const Bytes& value)
{
    return number(type, 2) + sized(2, value);
}

Bytes server_name(std::string_view name)
{
    return extension(0, sized(2, Bytes{0} + sized(2, text(name))));
}

/// The handshake message of a hello with these extensions.
Bytes hello(const Bytes& extensions)
{
    const Bytes body = Bytes{3, 3} + Bytes(32, 0xaa) + sized(1, Bytes(32, 0xbb)) + sized(2, {0x13, 1, 0x13, 2}) +
                       sized(1, {0}) + sized(2, extensions);
    return Bytes{1} + sized(3, body);
}

Bytes record(const Bytes& part)
{
    return Bytes{22, 3, 1} + sized(2, part);
}

const Bytes other_extensions = extension(10, {0, 2, 0, 29}) + extension(43, {2, 3, 4});

std::string outcome(const Bytes& stream)
{
    const auto found = decode_client_hello(stream);
    if (!found) return found.error().what;
    if (!*found) return "more";
    return std::string{(*found)->server_name.text()} + ((*found)->encrypted_too ? " and more in secret" : "");
}

TEST(ClientHello, NamesItsServer)
{
    EXPECT_EQ(outcome(record(hello(other_extensions + server_name("WWW.Example.com")))), "www.example.com");
}

TEST(ClientHello, MayNameNone)
{
    EXPECT_EQ(outcome(record(hello(other_extensions))), "");
}

TEST(ClientHello, SaysThatItHasAnEncryptedOneToo)
{
    EXPECT_EQ(outcome(record(hello(server_name("front.example") + extension(0xfe0d, {0})))),
              "front.example and more in secret");
}

TEST(ClientHello, NeedsAllOfItself)
{
    const Bytes stream = record(hello(server_name("www.example.com")));
    for (std::size_t size = 0; size < stream.size(); ++size)
        EXPECT_EQ(outcome({stream.begin(), stream.begin() + static_cast<std::ptrdiff_t>(size)}), "more") << size;
    EXPECT_EQ(outcome(stream + Bytes{23, 3, 3, 0, 1, 0}), "www.example.com") << "with early data behind it";
}

TEST(ClientHello, MayBeCutIntoRecordsAnywhere)
{
    const Bytes message = hello(server_name("www.example.com"));
    for (std::ptrdiff_t cut = 1; cut < std::ssize(message); ++cut) {
        const Bytes first{message.begin(), message.begin() + cut};
        const Bytes second{message.begin() + cut, message.end()};
        EXPECT_EQ(outcome(record(first) + record(second)), "www.example.com") << cut;
    }
}

TEST(ClientHello, IsNotWhatOtherStreamsBeginWith)
{
    EXPECT_EQ(outcome(text("GET / HTTP/1.1\r\n")), "the stream is no TLS");
    EXPECT_EQ(outcome(text("SSH-2.0-OpenSSH_9.2\r\n")), "the stream is no TLS");
    EXPECT_EQ(outcome({22, 2}), "the stream is no TLS");
    EXPECT_EQ(outcome(record({2, 0, 0, 1, 0})), "the TLS client hello is another message");
}

TEST(ClientHello, RefusesWhatIsMalformed)
{
    const std::string name = "the TLS client hello has a malformed server name";
    EXPECT_EQ(outcome(record(hello(extension(0, {})))), name);
    EXPECT_EQ(outcome(record(hello(extension(0, sized(2, Bytes{1} + sized(2, text("a.example"))))))), name)
        << "no host";
    EXPECT_EQ(outcome(record(hello(extension(
                  0, sized(2, Bytes{0} + sized(2, text("a.example")) + Bytes{0} + sized(2, text("b.example"))))))),
              name)
        << "two names";
    EXPECT_EQ(outcome(record(hello(server_name("a.example") + server_name("b.example")))),
              "the TLS client hello has an extension twice");
    EXPECT_EQ(outcome(record(hello(server_name("a b")))),
              "the TLS client hello names a server that no host can be called");
    EXPECT_EQ(outcome(record(hello({0, 0, 0}))), "the TLS client hello has an extension that ends too early");
    EXPECT_EQ(outcome(record(Bytes{1} + sized(3, {3, 3, 0}))), "the TLS client hello ends too early");
    EXPECT_EQ(outcome(record({})), "the TLS client hello is in a record of impossible length");
}

TEST(ClientHello, RefusesOneLongerThanAnyClients)
{
    EXPECT_EQ(outcome(record({1, 1, 0, 0})), "the TLS client hello is longer than any client's");
}

} // namespace
} // namespace linkspan::egress
