#include "egress/snoop.h"

#include "dns_packet.h"

#include <gtest/gtest.h>

namespace linkspan::egress {
namespace {

using namespace std::chrono_literals;

const Monotonic start{1000s};
const IpAddress client = *IpAddress::parse("10.1.0.7");
const IpAddress resolver = *IpAddress::parse("9.9.9.9");
const IpAddress one = *IpAddress::parse("192.0.2.1");

Snoop snoop()
{
    Spec spec{{{"web", {*EgressRule::parse("*.example.com:443/tcp")}, {}}},
              {{{*IpPrefix::parse("10.1.0.0/24")}, {"web"}}}};
    return {SharedPolicy{std::move(spec)}, Guard{{}, {}}, {}};
}

Datagram query(const Bytes& payload)
{
    return {client, resolver, 40'000, 53, payload};
}

Datagram answer(const Bytes& payload)
{
    return {resolver, client, 53, 40'000, payload};
}

Bytes question(std::string_view name, std::uint16_t id = 7)
{
    return DnsPacket(id, 0x0100).question(name, 1).bytes();
}

Bytes reply(std::string_view name, const Bytes& address = {192, 0, 2, 1}, std::uint16_t id = 7)
{
    return DnsPacket{id}.question(name, 1).a(DnsPacket::question_at, 300, address).bytes();
}

/// What becomes of the answer to the question.
Snooped outcome(const Bytes& asked, const Bytes& replied)
{
    Snoop ears = snoop();
    ears.asked(query(asked), start);
    return ears.answered(answer(replied), start + 10ms);
}

TEST(Snoop, OpensWhatTheClientAskedForAndMayUse)
{
    const auto snooped = outcome(question("www.example.com"), reply("www.example.com"));
    EXPECT_EQ(snooped.outcome, Outcome::Learnt);
    EXPECT_EQ(snooped.learnt, (Learnt{{{{client, one, 0}, 300s, true}}, 0}));
}

TEST(Snoop, OpensNothingThatWasNotAskedFor)
{
    EXPECT_EQ(outcome(question("www.example.com"), reply("www.example.com", {192, 0, 2, 1}, 8)).outcome,
              Outcome::Unasked);
    EXPECT_EQ(outcome(question("www.example.com"), reply("files.example.com")).outcome, Outcome::Unasked);
    Snoop ears = snoop();
    const Bytes asked = question("www.example.com");
    const Bytes replied = reply("www.example.com");
    ears.asked(query(asked), start);
    auto other = answer(replied);
    other.source = *IpAddress::parse("9.9.9.10");
    EXPECT_EQ(ears.answered(other, start).outcome, Outcome::Unasked) << "another resolver";
    other = answer(replied);
    other.destination = *IpAddress::parse("10.1.0.8");
    EXPECT_EQ(ears.answered(other, start).outcome, Outcome::Unasked) << "another client";
    EXPECT_EQ(ears.answered(answer(replied), start + 1h).outcome, Outcome::Unasked) << "too late";
    EXPECT_EQ(ears.count(Outcome::Unasked), 3U);
    EXPECT_EQ(ears.pins().size(), 0U);
}

TEST(Snoop, OpensNothingForANameThatIsNotListed)
{
    EXPECT_EQ(outcome(question("example.com"), reply("example.com")).outcome, Outcome::NotListed);
}

TEST(Snoop, OpensNothingThatLeadsInwards)
{
    EXPECT_EQ(outcome(question("www.example.com"), reply("www.example.com", {169, 254, 169, 254})).outcome,
              Outcome::KeptOut);
}

TEST(Snoop, OpensNothingWhereThereIsNoAddress)
{
    EXPECT_EQ(outcome(question("www.example.com"), DnsPacket(7, 0x8183).question("www.example.com", 1).bytes()).outcome,
              Outcome::NoAddress);
    EXPECT_EQ(outcome(question("www.example.com"), Bytes{1, 2, 3}).outcome, Outcome::Malformed);
}

} // namespace
} // namespace linkspan::egress
