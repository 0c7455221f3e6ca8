#include "agent/narrowing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::agent {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TrafficSelector selector(const char* text)
{
    return TrafficSelector::parse(text).value();
}

class NarrowingTest : public testing::Test {
protected:
    NarrowingTest()
    {
        spec_.name = {"a"};
        spec_.children = {{.name = "a", .local_ts = {selector("0.0.0.0/0")}, .remote_ts = {selector("0.0.0.0/0")}}};
        sa_.children = {
            {.name = "a", .state = ike::ChildState::Installed, .local_ts = {"0.0.0.0/0"}, .remote_ts = {"0.0.0.0/0"}}};
    }
    [[nodiscard]] std::vector<std::string> found() const { return narrowings(spec_, std::span{&sa_, 1}); }

    ike::ConnectionSpec spec_;
    ike::IkeSa sa_{.connection = {"a"}};
};

TEST_F(NarrowingTest, WhatWasAskedForIsNothingToTell)
{
    EXPECT_THAT(found(), IsEmpty());
    sa_.children[0].remote_ts = {"10.20.0.0/16"};
    sa_.children[0].state = ike::ChildState::Other;
    EXPECT_THAT(found(), IsEmpty()) << "it carries nothing";
}

TEST_F(NarrowingTest, TellsWhatIsLeftAndWhatIsMissing)
{
    sa_.children[0].remote_ts = {"10.20.0.0/16"};
    EXPECT_THAT(found(),
                ElementsAre("the peer agreed to its networks 10.20.0.0/16 only, not to 0.0.0.0/0: it drops what is "
                            "outside; let it agree to all of it, then linkspan restart a"));
    sa_.children[0].local_ts = {"10.1.0.1..10.1.0.9"};
    EXPECT_THAT(found(), testing::SizeIs(2));
}

TEST_F(NarrowingTest, ANetworkThatWasAddedWhileNobodyLookedIsMissing)
{
    spec_.children[0].local_ts = {selector("10.1.0.0/16[tcp/443]")};
    spec_.children[0].remote_ts = {selector("10.20.0.0/24"), selector("10.21.0.0/24")};
    sa_.children[0].local_ts = {"10.1.0.0/16[tcp/https]"};
    sa_.children[0].remote_ts = {"10.20.0.0/16"};
    EXPECT_THAT(found(), ElementsAre(testing::HasSubstr("not to 10.21.0.0/24")));
    sa_.children.push_back(sa_.children[0]);
    sa_.children[1].remote_ts = {"10.21.0.0/24"};
    EXPECT_THAT(found(), IsEmpty()) << "two CHILD_SAs together";
}

} // namespace
} // namespace linkspan::agent
