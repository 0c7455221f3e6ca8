#include "agent/causes.h"

#include <gtest/gtest.h>

namespace linkspan::agent {
namespace {

using namespace std::chrono_literals;

config::Connection connection(const std::string& name, const std::string& peer)
{
    config::Connection c;
    c.name = {name};
    c.peer = *IpAddress::parse(peer);
    return c;
}

class CausesTest : public testing::Test {
protected:
    CausesTest()
    {
        config_.connections = {connection("aws-1", "192.0.2.1"), connection("aws-2", "192.0.2.1"),
                               connection("azure", "198.51.100.7")};
    }

    static ike::Finding finding(const std::string& name, const std::string& text, const std::string& peer = "")
    {
        ike::Finding found{name, {}, *ike::cause_of({name, 1, text})};
        if (!peer.empty()) found.peer = *IpAddress::parse(peer);
        return found;
    }

    config::Config config_;
    Causes causes_;
    WallTime now_{1'000'000s};
    const std::string refused_ = "received AUTHENTICATION_FAILED notify error";
    const std::string reason_ = "tried 1 shared key for 'a' - 'b', but MAC mismatched";
};

TEST_F(CausesTest, BelongToTheConnectionCharonNames)
{
    EXPECT_EQ(causes_.add(finding("azure", refused_), config_, now_), ConnectionName{"azure"});
    ASSERT_TRUE(causes_.find({"azure"}));
    EXPECT_EQ(causes_.find({"azure"})->when, now_);
    EXPECT_FALSE(causes_.find({"aws-1"}));
    EXPECT_FALSE(causes_.add(finding("somebody-else", refused_), config_, now_));
    EXPECT_FALSE(causes_.find({"somebody-else"}));
}

TEST_F(CausesTest, OfNobodyBelongToTheOnlyConnectionWithThatPeer)
{
    const std::string text = "received proposals unacceptable";
    EXPECT_EQ(causes_.add(finding("", text, "198.51.100.7"), config_, now_), ConnectionName{"azure"});
    EXPECT_FALSE(causes_.add(finding("", text, "192.0.2.1"), config_, now_)) << "two have it";
    EXPECT_FALSE(causes_.add(finding("", text, "192.0.2.99"), config_, now_));
    EXPECT_FALSE(causes_.add(finding("", text), config_, now_));
    config_.connections[1].enabled = false;
    EXPECT_EQ(causes_.add(finding("", text, "192.0.2.1"), config_, now_), ConnectionName{"aws-1"});
}

TEST_F(CausesTest, TheSameOneAgainIsNoNewsButANewMoment)
{
    (void)causes_.add(finding("azure", refused_), config_, now_);
    EXPECT_FALSE(causes_.add(finding("azure", refused_), config_, now_ + 9s));
    EXPECT_EQ(causes_.find({"azure"})->when, now_ + 9s);
}

TEST_F(CausesTest, AReasonOutlivesAMereRefusalForAMinute)
{
    (void)causes_.add(finding("azure", refused_), config_, now_);
    EXPECT_TRUE(causes_.add(finding("azure", reason_), config_, now_ + 1s));
    EXPECT_FALSE(causes_.add(finding("azure", refused_), config_, now_ + 2s));
    EXPECT_EQ(causes_.find({"azure"})->cause.code, "psk");
    EXPECT_TRUE(causes_.add(finding("azure", refused_), config_, now_ + 61s));
    EXPECT_EQ(causes_.find({"azure"})->cause.code, "authentication");
}

TEST_F(CausesTest, AreForgottenWithTheConnection)
{
    (void)causes_.add(finding("azure", refused_), config_, now_);
    (void)causes_.add(finding("aws-1", refused_), config_, now_);
    causes_.forget([](const ConnectionName& name) { return name.value == "azure"; });
    EXPECT_FALSE(causes_.find({"azure"}));
    EXPECT_TRUE(causes_.find({"aws-1"}));
    causes_.clear();
    EXPECT_FALSE(causes_.find({"aws-1"}));
}

} // namespace
} // namespace linkspan::agent
