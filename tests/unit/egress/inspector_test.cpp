#include "egress/inspector.h"

#include "dns_packet.h"
#include "packets.h"

#include <algorithm>
#include <gmock/gmock.h>

namespace linkspan::egress {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr auto client = "10.1.0.10", resolver = "9.9.9.9", there = "192.0.2.7";
const Monotonic start{1000s};

EgressRule rule(const char* text)
{
    return *EgressRule::parse(text);
}

Rules rules_with(std::vector<EgressRule> allow, NameCheck names = NameCheck::Require)
{
    Spec spec{{{"web", std::move(allow), {}}}, {{{*IpPrefix::parse("10.1.0.0/24")}, {"web"}}}};
    return {.policy = SharedPolicy{std::move(spec)}, .names = names, .resolvers = {*IpAddress::parse(resolver)}};
}

const Rules web = rules_with({rule("www.example.com:443/tcp"), rule("*.example.org:80/tcp")});

Bytes question(std::string_view name)
{
    return DnsPacket(7, 0x0100).question(name, 1).bytes();
}

Bytes reply(std::string_view name)
{
    return DnsPacket{7}.question(name, 1).a(DnsPacket::question_at, 300, {192, 0, 2, 7}).bytes();
}

/// With its length in front, as TCP carries it.
Bytes framed(const Bytes& message)
{
    Bytes bytes(2 + message.size());
    bytes[0] = static_cast<std::uint8_t>(message.size() >> 8);
    bytes[1] = static_cast<std::uint8_t>(message.size());
    std::ranges::copy(message, bytes.begin() + 2);
    return bytes;
}

Answered resolve(Inspector& inspector, std::string_view name)
{
    inspector.question(udp(client, 40'000, resolver, 53, question(name)), start);
    return inspector.answer(udp(resolver, 53, client, 40'000, reply(name)), start);
}

Gated say(Inspector& inspector, std::string_view host, Refusal& refusal)
{
    const std::string request = "GET / HTTP/1.1\r\nHost: " + std::string{host} + "\r\n\r\n";
    (void)inspector.stream(tcp(client, 50'000, there, 80, {.sequence = 9, .flags = 2}), refusal);
    return inspector.stream(tcp(client, 50'000, there, 80, {.sequence = 10},
                                {reinterpret_cast<const std::uint8_t*>(request.data()), request.size()}),
                            refusal);
}

TEST(Inspector, AnAnswerGivesPinsOfTheClientThatAsked)
{
    Inspector inspector{web};
    const auto answered = resolve(inspector, "www.example.com");
    ASSERT_THAT(answered.pins, SizeIs(1));
    EXPECT_EQ(answered.pins[0].client.text(), client);
    EXPECT_EQ(answered.pins[0].address.text(), there);
    EXPECT_EQ(answered.pins[0].timeout, 300s);
    EXPECT_FALSE(answered.drop);
}

TEST(Inspector, AnAnswerByTcpIsHeldWithItsLastByteOnly)
{
    Inspector inspector{web};
    const auto asked = framed(question("www.example.com")), replied = framed(reply("www.example.com"));
    inspector.question(tcp(client, 40'000, resolver, 53, {.sequence = 9, .flags = 2}), start);
    inspector.question(tcp(client, 40'000, resolver, 53, {.sequence = 10}, asked), start);
    const auto answer = [&](std::uint32_t sequence, std::span<const std::uint8_t> bytes, unsigned flags = 0x10) {
        return inspector.answer(tcp(resolver, 53, client, 40'000, {sequence, flags}, bytes), start);
    };
    (void)answer(99, {}, 0x12);
    EXPECT_TRUE(answer(110, std::span{replied}.subspan(10)).drop) << "ahead of a gap";
    EXPECT_THAT(answer(100, std::span{replied}.first(10)).pins, IsEmpty());
    EXPECT_THAT(answer(110, std::span{replied}.subspan(10)).pins, SizeIs(1));
}

TEST(Inspector, AStreamMaySayWhatARuleOfItsAddressCovers)
{
    Inspector inspector{web};
    (void)resolve(inspector, "a.example.org");
    Refusal refusal;
    EXPECT_EQ(say(inspector, "a.example.org", refusal).verdict, GateVerdict::Allow);
    EXPECT_EQ(say(inspector, "b.example.org", refusal).verdict, GateVerdict::Allow);
    EXPECT_EQ(say(inspector, "www.example.com", refusal).verdict, GateVerdict::Refuse) << "on the list, but not here";
    EXPECT_EQ(refusal.name.text(), "www.example.com");
    EXPECT_EQ(inspector.counts().streams_refused, 1U);
}

TEST(Inspector, ARefusalSaysTheNameThatWasWanted)
{
    Inspector inspector{web};
    EXPECT_THAT(resolve(inspector, "bad.example.net").pins, IsEmpty());
    const auto refusal = inspector.refused(tcp(client, 50'000, there, 443, {.sequence = 9, .flags = 2}));
    ASSERT_TRUE(refusal);
    EXPECT_EQ(refusal->name.text(), "bad.example.net");
    EXPECT_EQ(refusal->wanted.port, 443);
    EXPECT_EQ(refusal->rule, "");
}

TEST(Inspector, OtherRulesKeepWhatTheyAllowAndTellWhatGoes)
{
    Inspector inspector{web};
    (void)resolve(inspector, "www.example.com");
    EXPECT_THAT(inspector.follow(web, start).gone, IsEmpty());
    EXPECT_EQ(inspector.counts().pins, 1U);
    const auto more = inspector.follow(rules_with({rule("www.example.com:443,8443/tcp")}), start);
    ASSERT_THAT(more.stand, SizeIs(1));
    EXPECT_EQ(more.stand[0].timeout, 300s);
    ASSERT_THAT(more.gone, SizeIs(1)) << "of the class that was port 443 alone";
    EXPECT_NE(more.gone[0].service_class, more.stand[0].service_class);
    EXPECT_THAT(inspector.follow(rules_with({rule("*.example.org")}), start).gone, SizeIs(1));
    EXPECT_EQ(inspector.counts().pins, 0U);
}

TEST(Inspector, WhatTheKernelDidNotTakeIsMadeAnew)
{
    Inspector inspector{web};
    const auto first = resolve(inspector, "www.example.com");
    EXPECT_THAT(resolve(inspector, "www.example.com").pins, IsEmpty());
    inspector.unlearn(first.pins);
    EXPECT_THAT(resolve(inspector, "www.example.com").pins, SizeIs(1));
}

TEST(Inspector, SessionsAreJudgedByNetworksThenNamesThenTheDefault)
{
    auto rules = rules_with({rule("www.example.com:443/tcp"), rule("198.51.100.0/24")});
    auto spec = rules.policy->spec();
    spec.tags[0].deny = {rule("198.51.100.9/32")};
    rules.policy = SharedPolicy{std::move(spec)};
    Inspector inspector{rules};
    (void)resolve(inspector, "www.example.com");
    const auto judge = [&](const char* address, std::uint16_t port) {
        return inspector.judge({*IpAddress::parse(client), *IpAddress::parse(address), 6, port});
    };
    EXPECT_EQ(judge("198.51.100.8", 22), (Ruling{true, "web", "198.51.100.0/24"}));
    EXPECT_EQ(judge("198.51.100.9", 22), (Ruling{false, "web", "198.51.100.9"}));
    EXPECT_EQ(judge(there, 443), (Ruling{true, "web", "www.example.com:443/tcp"}));
    EXPECT_EQ(judge(there, 80), (Ruling{}));
    EXPECT_EQ(judge(resolver, 53).rule, "resolvers");
    EXPECT_EQ(judge(there, 53).rule, "other_resolvers");
}

TEST(Inspector, DiscoveryKeepsNamesAndUsesAndPinsNothing)
{
    auto rules = rules_with({rule("*")});
    rules.discover = true;
    Inspector inspector{rules};
    EXPECT_THAT(resolve(inspector, "www.example.com").pins, IsEmpty());
    inspector.used(tcp(client, 50'000, there, 443, {.sequence = 9, .flags = 2}));
    inspector.used(tcp(client, 50'001, "192.0.2.8", 22, {.sequence = 9, .flags = 2}));
    EXPECT_THAT(inspector.discovery().uses(), ElementsAre(testing::Pair(Used{"192.0.2.8", 6, 22}, 1U),
                                                          testing::Pair(Used{"www.example.com", 6, 443}, 1U)));
}

} // namespace
} // namespace linkspan::egress
