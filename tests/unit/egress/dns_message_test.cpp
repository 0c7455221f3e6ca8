#include "egress/dns_message.h"

#include "dns_packet.h"

#include <gtest/gtest.h>

#include <string>

namespace linkspan::egress {
namespace {

constexpr unsigned at_question = DnsPacket::question_at;
const Bytes one{192, 0, 2, 1};
const Bytes two{192, 0, 2, 2};

DnsPacket answer_to(std::string_view name, unsigned type = 1)
{
    return DnsPacket{}.question(name, type);
}

DnsName host(std::string_view text)
{
    return *DnsName::parse(text);
}

DnsAnswer decoded(const DnsPacket& packet)
{
    auto answer = decode_answer(packet.bytes());
    EXPECT_TRUE(answer) << (answer ? "" : answer.error().what);
    return answer.value_or(DnsAnswer{});
}

std::string refusal(const DnsPacket& packet)
{
    const auto answer = decode_answer(packet.bytes());
    if (answer) return "accepted";
    EXPECT_EQ(answer.error().kind, Kind::Protocol);
    return answer.error().what;
}

/// "192.0.2.1 60" for every address.
std::vector<std::string> found(const DnsAnswer& answer)
{
    std::vector<std::string> all;
    for (const auto& [address, ttl] : answer.addresses) all.push_back(address.text() + " " + std::to_string(ttl));
    return all;
}

using Found = std::vector<std::string>;

TEST(DecodeQuery, IsWhatTheClientAsked)
{
    const auto query = decode_query(DnsPacket{7, 0x0100}.question("WWW.Example.com", 28).bytes());
    ASSERT_TRUE(query);
    EXPECT_EQ(*query, (DnsQuestion{7, host("www.example.com"), RecordType::Aaaa}));
}

TEST(DecodeQuery, RefusesWhatIsNone)
{
    EXPECT_FALSE(decode_query(answer_to("a.example").bytes()));
    EXPECT_FALSE(decode_query(DnsPacket(7, 0x0100, 2).question("a.example", 1).question("b.example", 1).bytes()));
    EXPECT_FALSE(decode_query(DnsPacket(7, 0x2800).question("a.example", 1).bytes())) << "an update";
    EXPECT_FALSE(decode_query(DnsPacket(7, 0x0100).name("a.example").u16(1).u16(3).bytes())) << "class CHAOS";
    EXPECT_FALSE(decode_query({}));
}

TEST(DecodeQuery, GivesNoNameToWhatNoHostIsCalled)
{
    const auto query = decode_query(DnsPacket(7, 0x0100).question("a b.example", 1).bytes());
    ASSERT_TRUE(query);
    EXPECT_TRUE(query->name.empty());
}

TEST(DecodeQuery, DoesNotTakeADotWithinALabelForTwoLabels)
{
    const auto query = decode_query(DnsPacket(7, 0x0100)
                                        .raw({5, 'w', 'w', 'w', '.', 'b', 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 0})
                                        .u16(1)
                                        .u16(1)
                                        .bytes());
    ASSERT_TRUE(query);
    EXPECT_TRUE(query->name.empty());
}

TEST(DecodeAnswer, FindsTheAddressesOfTheNameAskedFor)
{
    const auto answer = decoded(answer_to("www.example.com").a(at_question, 60, one).a(at_question, 30, two));
    EXPECT_EQ(answer.question, (DnsQuestion{0x1234, host("www.example.com"), RecordType::A}));
    EXPECT_EQ(found(answer), (Found{"192.0.2.1 60", "192.0.2.2 30"}));
    EXPECT_TRUE(answer.chain.empty());
}

TEST(DecodeAnswer, FindsAddressesOfVersionSix)
{
    const auto answer =
        decoded(answer_to("www.example.com", 28)
                    .record(at_question, 28, 60, {0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7}));
    EXPECT_EQ(found(answer), (Found{"2001:db8::7 60"}));
}

TEST(DecodeAnswer, FollowsAliasesAndKeepsTheLeastTtl)
{
    auto packet = answer_to("www.example.com");
    packet.record(at_question, 5, 300, name_bytes("edge.cdn.example"));
    const unsigned edge = packet.here() - 18U;
    packet.record(edge, 5, 20, name_bytes("pop.cdn.example"));
    packet.a(packet.here() - 17U, 60, one);
    const auto answer = decoded(packet);
    EXPECT_EQ(found(answer), Found{"192.0.2.1 20"});
    EXPECT_EQ(answer.chain, (std::vector{host("edge.cdn.example"), host("pop.cdn.example")}));
}

TEST(DecodeAnswer, FollowsAliasesInAnyOrderAndAnyCase)
{
    const auto answer = decoded(answer_to("www.example.com")
                                    .record("EDGE.cdn.example", 1, 60, one)
                                    .record("WWW.example.COM", 5, 300, name_bytes("edge.CDN.example")));
    EXPECT_EQ(found(answer), Found{"192.0.2.1 60"});
}

TEST(DecodeAnswer, PassesOverWhatBelongsToAnotherName)
{
    const auto answer = decoded(answer_to("www.example.com")
                                    .record("victim.example", 1, 60, one)
                                    .record("www.example.com.evil.example", 1, 60, one)
                                    .record("ww.example.com", 1, 60, one)
                                    .a(at_question, 60, two));
    EXPECT_EQ(found(answer), Found{"192.0.2.2 60"});
}

TEST(DecodeAnswer, PassesOverTheOwnAddressOfANameThatIsAnAlias)
{
    const auto answer = decoded(
        answer_to("www.example.com").record(at_question, 5, 60, name_bytes("edge.example")).a(at_question, 60, one));
    EXPECT_EQ(found(answer), Found{});
}

TEST(DecodeAnswer, PassesOverTypesThatWereNotAskedFor)
{
    const auto answer = decoded(answer_to("www.example.com", 28).a(at_question, 60, one));
    EXPECT_EQ(found(answer), Found{});
    EXPECT_EQ(found(decoded(answer_to("www.example.com", 255).a(at_question, 60, one))), Found{"192.0.2.1 60"});
}

TEST(DecodeAnswer, PassesOverAnotherClass)
{
    auto packet = answer_to("www.example.com");
    const unsigned record_at = packet.here();
    packet.a(at_question, 60, one);
    Bytes bytes = packet.bytes();
    bytes[record_at + 5] = 3; // the low byte of the class
    const auto answer = decode_answer(bytes);
    ASSERT_TRUE(answer);
    EXPECT_EQ(found(*answer), Found{});
}

TEST(DecodeAnswer, TakesATtlOfTheHighestBitForNone)
{
    EXPECT_EQ(found(decoded(answer_to("a.example").a(at_question, 0x8000'0001U, one))), Found{"192.0.2.1 0"});
}

TEST(DecodeAnswer, LearnsNothingOfAnAnswerThatIsAnError)
{
    const auto answer = decoded(DnsPacket(1, 0x8183).question("a.example", 1).a(at_question, 60, one));
    EXPECT_EQ(answer.rcode, 3);
    EXPECT_EQ(found(answer), Found{});
}

TEST(DecodeAnswer, SaysThatItIsTruncated)
{
    EXPECT_TRUE(decoded(DnsPacket(1, 0x8380).question("a.example", 1)).truncated);
    EXPECT_FALSE(decoded(answer_to("a.example")).truncated);
}

TEST(DecodeAnswer, TakesHintsOfTheNameItself)
{
    Bytes data{0, 1, 0, 0,   1, 0, 3, 2, 'h', '2', 0,  4,    0, 8,   192,
               0, 2, 1, 192, 0, 2, 2, 0, 6,   0,   16, 0x20, 1, 0xd, 0xb8};
    data.resize(data.size() + 12);
    const auto answer = decoded(
        answer_to("www.example.com", 65).record(at_question, 65, 60, data).record("other.example", 65, 60, data));
    EXPECT_EQ(found(answer), (Found{"192.0.2.1 60", "192.0.2.2 60", "2001:db8:: 60"}));
}

TEST(DecodeAnswer, ReadsNothingBehindTheAnswers)
{
    const auto answer = decoded(answer_to("www.example.com").a(at_question, 60, one).raw({0xff, 0xff, 0xff}));
    EXPECT_EQ(found(answer), Found{"192.0.2.1 60"});
}

TEST(DecodeAnswer, RefusesWhatIsNoAnswer)
{
    EXPECT_EQ(refusal(DnsPacket{1, 0x0100}.question("a.example", 1)),
              "the DNS message is a query where an answer was expected");
    EXPECT_EQ(refusal(DnsPacket(1, 0x8180, 0)), "the DNS message does not have exactly one question");
    EXPECT_EQ(refusal(DnsPacket(1, 0xa980).question("a.example", 1)), "the DNS message is no standard query");
}

TEST(DecodeAnswer, RefusesMoreRecordsThanThereAre)
{
    EXPECT_EQ(refusal(DnsPacket(1, 0x8180, 1, 0xfffe).question("a.example", 1)), "the DNS message ends within a name");
}

TEST(DecodeAnswer, RefusesWrongLengths)
{
    EXPECT_EQ(refusal(answer_to("a.example").a(at_question, 60, {1, 2, 3})),
              "the DNS message has an address of the wrong length");
    Bytes alias = name_bytes("b.example");
    alias.push_back(0);
    EXPECT_EQ(refusal(answer_to("a.example").record(at_question, 5, 60, alias)),
              "the DNS message has an alias of the wrong length");
    EXPECT_EQ(refusal(answer_to("a.example", 65).record(at_question, 65, 60, {0})),
              "the DNS message has a malformed service record");
}

TEST(DecodeAnswer, RefusesAliasesThatLoop)
{
    EXPECT_EQ(refusal(answer_to("a.example")
                          .record("a.example", 5, 60, name_bytes("b.example"))
                          .record("b.example", 5, 60, name_bytes("a.example"))),
              "the DNS message has a chain of aliases without an end");
}

TEST(DecodeAnswer, ReadsEveryBeginningWithoutAFault)
{
    auto packet = answer_to("www.example.com");
    packet.record(at_question, 5, 300, name_bytes("edge.example")).record("edge.example", 1, 60, one);
    for (std::size_t size = 0; size < packet.bytes().size(); ++size) {
        const Bytes part{packet.bytes().begin(), packet.bytes().begin() + static_cast<std::ptrdiff_t>(size)};
        EXPECT_FALSE(decode_answer(part)) << size;
    }
    EXPECT_TRUE(decode_answer(packet.bytes()));
}

} // namespace
} // namespace linkspan::egress
