#include "ike/packet.h"

#include "ike/codec.h"

#include <gtest/gtest.h>

namespace linkspan::ike {
namespace {

using namespace std::string_literals;

std::string bytes_of(PacketType type, std::string_view name = {}, const Message& message = {})
{
    auto buffer = encode_packet(type, name, message);
    EXPECT_TRUE(buffer);
    const auto bytes = std::as_const(*buffer).bytes();
    return {bytes.begin(), bytes.end()};
}

TEST(Packet, WritesTheBytesThatCharonReads)
{
    EXPECT_EQ(bytes_of(PacketType::Request, "version"), "\0\0\0\11\0\7version"s);
    EXPECT_EQ(bytes_of(PacketType::EventRegister, "list-sa"), "\0\0\0\11\3\7list-sa"s);
    EXPECT_EQ(bytes_of(PacketType::Response, {}, Message{}.set("a", "b"s)), "\0\0\0\7\1\3\1a\0\1b"s);
}

TEST(Packet, RefusesToSendMoreThanCharonTakes)
{
    Message message;
    for (int i = 0; i < 9; ++i) message.set("k", std::string(max_value, 'v'));
    EXPECT_EQ(encode_packet(PacketType::Request, "load-conn", message).error().kind, Kind::Config);
}

TEST(PacketReader, MakesPacketsOfAStreamHoweverItIsCut)
{
    const std::string stream = bytes_of(PacketType::EventConfirm) +
                               bytes_of(PacketType::Event, "list-sa", Message{}.set("k", "v"s)) +
                               bytes_of(PacketType::Response);
    const std::vector<Packet> sent{{PacketType::EventConfirm, {}, {}},
                                   {PacketType::Event, "list-sa", Message{}.set("k", "v"s)},
                                   {PacketType::Response, {}, {}}};
    for (std::size_t chunk = 1; chunk <= stream.size(); ++chunk) {
        PacketReader reader;
        std::vector<Packet> read;
        for (std::size_t at = 0; at < stream.size(); at += chunk) {
            reader.feed(std::string_view{stream}.substr(at, chunk));
            for (auto packet = reader.next(); packet && *packet; packet = reader.next()) read.push_back(**packet);
        }
        EXPECT_EQ(read, sent) << "in chunks of " << chunk;
    }
}

class PacketReaderRefuses : public testing::TestWithParam<std::string> {};

TEST_P(PacketReaderRefuses, AndStaysBroken)
{
    PacketReader reader;
    reader.feed(GetParam());
    EXPECT_EQ(reader.next().error().kind, Kind::Protocol);
    reader.feed(bytes_of(PacketType::Response));
    EXPECT_EQ(reader.next().error().kind, Kind::Protocol);
}

INSTANTIATE_TEST_SUITE_P(Malformed, PacketReaderRefuses,
                         testing::Values("\0\10\0\1"s,        // one byte more than 512 KiB
                                         "\xff\xff\xff\xff"s, //
                                         "\0\0\0\0"s,         // no type
                                         "\0\0\0\1\10"s,      // unknown type
                                         "\0\0\0\1\7"s,       // no name
                                         "\0\0\0\3\7\5x"s,    // name too short
                                         "\0\0\0\2\5x"s,      // a confirmation with something behind it
                                         "\0\0\0\3\1\3\1"s)); // a malformed message

TEST(PacketReader, WaitsForTheRestOfALongPacket)
{
    PacketReader reader;
    reader.feed("\0\10\0\0"s); // exactly 512 KiB follow, some day
    const auto packet = reader.next();
    ASSERT_TRUE(packet);
    EXPECT_FALSE(*packet);
}

} // namespace
} // namespace linkspan::ike
