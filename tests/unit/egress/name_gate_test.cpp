#include "egress/name_gate.h"

#include <gmock/gmock.h>
#include <string>

using namespace linkspan;
using namespace linkspan::egress;

namespace {

const Flow http{*IpAddress::parse("10.1.0.10"), *IpAddress::parse("192.0.2.7"), 40'000, 80};
const std::string good = "GET / HTTP/1.1\r\nHost: good.example\r\n\r\n";
const std::string bad = "GET / HTTP/1.1\r\nHost: bad.example\r\n\r\n";
const std::string nameless = "GET / HTTP/1.0\r\n\r\n";

class Gate : public testing::Test {
protected:
    Gate() { (void)judge({.flow = http, .sequence = 99, .syn = true}); }

    Gated judge(const Segment& segment)
    {
        return gate.judge(segment, check,
                          [](const Flow&, const DnsName& name) { return name.text() == "good.example"; });
    }
    GateVerdict say(std::string_view text, std::uint32_t at = 0)
    {
        return judge({.flow = http,
                      .sequence = 100 + at,
                      .payload = {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}})
            .verdict;
    }
    NameCheck check = NameCheck::Require;
    NameGate gate;
};

TEST_F(Gate, AGoodNameLetsAllThatFollowPass)
{
    EXPECT_EQ(say(""), GateVerdict::Pass);
    EXPECT_EQ(say(good), GateVerdict::Allow);
    EXPECT_EQ(say("what stood in the queue", static_cast<std::uint32_t>(good.size())), GateVerdict::Allow);
}

TEST_F(Gate, ANameInPiecesIsWaitedFor)
{
    EXPECT_EQ(say(good.substr(0, 20)), GateVerdict::Pass);
    EXPECT_EQ(say(good.substr(20), 20), GateVerdict::Allow);
}

TEST_F(Gate, AnotherNameIsRefusedAndStaysSo)
{
    EXPECT_EQ(say(bad), GateVerdict::Refuse);
    EXPECT_EQ(say(good), GateVerdict::Refuse);
}

TEST_F(Gate, ASegmentAheadOfAGapIsSentAgain)
{
    EXPECT_EQ(say(good.substr(20), 20), GateVerdict::Drop);
    EXPECT_EQ(say(good.substr(0, 20)), GateVerdict::Pass);
    EXPECT_EQ(say(good.substr(20), 20), GateVerdict::Allow);
}

TEST_F(Gate, TwoVersionsOfOnePlaceAreNotBothPassed)
{
    EXPECT_EQ(say(good.substr(0, 20)), GateVerdict::Pass);
    EXPECT_EQ(say(bad.substr(0, 25).replace(16, 4, "XXXX")), GateVerdict::Drop);
}

TEST_F(Gate, NoNameIsRefusedWhereOneIsRequired)
{
    EXPECT_EQ(say(nameless), GateVerdict::Refuse);
}

TEST_F(Gate, NoNamePassesWhereItNeedNotBe)
{
    check = NameCheck::IfPresent;
    EXPECT_EQ(say(nameless), GateVerdict::Allow);
}

TEST_F(Gate, WhatOnlyWeCannotReadIsRefusedAnyway)
{
    check = NameCheck::IfPresent;
    EXPECT_EQ(say("GET / HTTP/1.1\r\nHost: good.example\r\nHost: bad.example\r\n\r\n"), GateVerdict::Refuse);
}

TEST_F(Gate, AnotherProtocolPassesWhereNoNameIsRequired)
{
    check = NameCheck::IfPresent;
    EXPECT_EQ(say(std::string_view{"\x01\x02\x03", 3}), GateVerdict::Allow);
}

TEST_F(Gate, DataWithTheFirstSegmentIsDropped)
{
    const std::string_view early = "GET";
    EXPECT_EQ(judge({.flow = http,
                     .sequence = 99,
                     .syn = true,
                     .payload = {reinterpret_cast<const std::uint8_t*>(early.data()), early.size()}})
                  .verdict,
              GateVerdict::Drop);
}

TEST_F(Gate, AStreamThatBeganBeforeIsRefused)
{
    NameGate fresh;
    gate = fresh;
    EXPECT_EQ(say(good), GateVerdict::Refuse);
}

TEST_F(Gate, ANewConnectionFromTheSamePortIsAskedAnew)
{
    EXPECT_EQ(say(good), GateVerdict::Allow);
    (void)judge({.flow = http, .sequence = 99, .syn = true});
    EXPECT_EQ(say(bad), GateVerdict::Refuse);
}

} // namespace
