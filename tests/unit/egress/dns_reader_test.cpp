#include "egress/dns_reader.h"

#include "dns_packet.h"

#include <gtest/gtest.h>

#include <string>

namespace linkspan::egress {
namespace {

constexpr unsigned start = DnsPacket::question_at;

/// A reader that stands behind `skip` bytes.
DnsReader reader(const Bytes& bytes, std::size_t skip = start)
{
    DnsReader in{bytes};
    (void)in.bytes(skip);
    return in;
}

std::string problem_of_name(const DnsPacket& packet, std::size_t at = start)
{
    DnsReader in = reader(packet.bytes(), at);
    (void)in.name();
    return std::string{in.problem()};
}

TEST(DnsReader, GivesZeroFromTheFirstProblemOn)
{
    const Bytes bytes{1, 2, 3};
    DnsReader in{bytes};
    EXPECT_EQ(in.u16(), 0x0102);
    EXPECT_EQ(in.u32(), 0U);
    EXPECT_EQ(in.problem(), "ends too early");
    EXPECT_EQ(in.u8(), 0);
    in.fail("is something else too");
    EXPECT_EQ(in.problem(), "ends too early");
}

TEST(DnsReader, StandsBehindANameHoweverItIsWritten)
{
    DnsPacket packet;
    packet.name("example.com");
    const auto plain = packet.here();
    packet.labels("www").pointer(start);
    const auto mixed = packet.here();
    packet.pointer(start);
    const auto pointer = packet.here();
    packet.u8(0);

    DnsReader in = reader(packet.bytes());
    const NameAt first = in.name();
    EXPECT_EQ(in.position(), plain);
    const NameAt second = in.name();
    EXPECT_EQ(in.position(), mixed);
    const NameAt third = in.name();
    EXPECT_EQ(in.position(), pointer);
    const NameAt root = in.name();
    EXPECT_EQ(in.position(), packet.here());
    EXPECT_FALSE(in.failed()) << in.problem();
    EXPECT_EQ(first, third);
    EXPECT_EQ(in.host(second).text(), "www.example.com");
    EXPECT_EQ(in.host(root).text(), "");
}

TEST(DnsReader, FollowsPointersToPointers)
{
    DnsPacket packet;
    packet.name("example.com");
    const unsigned first = packet.here();
    packet.pointer(start);
    const unsigned second = packet.here();
    packet.labels("a").pointer(first);
    DnsReader in = reader(packet.bytes(), second);
    EXPECT_EQ(in.host(in.name()).text(), "a.example.com");
    EXPECT_EQ(in.position(), packet.here());
}

TEST(DnsReader, ComparesWithoutCase)
{
    DnsPacket packet;
    packet.name("www.example.com");
    const unsigned upper = packet.here();
    packet.name("WWW.eXample.COM");
    const unsigned longer = packet.here();
    packet.name("www.example.com.net");
    DnsReader in{packet.bytes()};
    EXPECT_TRUE(in.same({start}, {upper}));
    EXPECT_FALSE(in.same({start}, {longer}));
    EXPECT_FALSE(in.same({longer}, {start}));
    EXPECT_FALSE(in.failed());
}

TEST(DnsReader, RefusesPointersThatDoNotLeadBackwards)
{
    const std::string problem = "has a pointer that does not lead backwards";
    EXPECT_EQ(problem_of_name(DnsPacket{}.pointer(start)), problem) << "to itself";
    EXPECT_EQ(problem_of_name(DnsPacket{}.pointer(start + 2).name("a")), problem) << "forwards";
    EXPECT_EQ(problem_of_name(DnsPacket{}.labels("a").pointer(start)), problem) << "to its own labels";
    EXPECT_EQ(problem_of_name(DnsPacket{}.pointer(0x3fff)), problem) << "out of the message";
}

TEST(DnsReader, RefusesNamesThatAreTooLong)
{
    const std::string label(63, 'a');
    const std::string most = label + "." + label + "." + label + "." + std::string(61, 'a'); // 255 octets with the end
    EXPECT_EQ(problem_of_name(DnsPacket{}.name(most)), "");
    EXPECT_EQ(problem_of_name(DnsPacket{}.name(most + "a")), "has a name of more than 255 octets");
}

TEST(DnsReader, RefusesReservedLabels)
{
    EXPECT_EQ(problem_of_name(DnsPacket{}.u8(0x40).name("a")), "has a label of no known kind");
    EXPECT_EQ(problem_of_name(DnsPacket{}.u8(0x80).name("a")), "has a label of no known kind");
}

TEST(DnsReader, RefusesNamesThatEndTooEarly)
{
    EXPECT_EQ(problem_of_name(DnsPacket{}), "ends within a name");
    EXPECT_EQ(problem_of_name(DnsPacket{}.labels("a")), "ends within a name");
    EXPECT_EQ(problem_of_name(DnsPacket{}.u8(9).u8('a')), "ends within a name");
    EXPECT_EQ(problem_of_name(DnsPacket{}.u8(0xc0)), "ends within a name");
}

TEST(DnsReader, RefusesMoreThan128Pointers)
{
    DnsPacket packet;
    packet.name("a");
    unsigned target = start;
    for (int i = 0; i < 129; ++i) {
        const unsigned at = packet.here();
        packet.pointer(target);
        target = at;
    }
    EXPECT_EQ(problem_of_name(packet, packet.here() - 2U), "has a name of too many pointers");
    EXPECT_EQ(problem_of_name(packet, packet.here() - 4U), "");
}

/// Each name is harmless; all of them are too much: what made resolvers spend a second on one packet.
TEST(DnsReader, RefusesManyNamesThatShareALongWay)
{
    DnsPacket packet;
    for (int i = 0; i < 100; ++i) packet.labels("a");
    packet.u8(0);
    const unsigned names = packet.here();
    for (unsigned i = 0; i < 2000; ++i) packet.labels("b").pointer(start);
    DnsReader in = reader(packet.bytes(), names);
    unsigned read = 0;
    while (!in.failed() && read < 2000) {
        (void)in.name();
        ++read;
    }
    EXPECT_EQ(in.problem(), "has names that are too costly to follow");
    EXPECT_GT(read, 300U) << "more names than an honest answer of this kind has";
}

} // namespace
} // namespace linkspan::egress
