#include "pair/settings.h"

#include <gtest/gtest.h>

namespace linkspan::pair {
namespace {

const Here here{"/state", "/pipe", "edge-a"};

config::Ha file()
{
    config::Ha ha;
    ha.paths = {{*IpAddress::parse("240.0.0.1"), *IpAddress::parse("240.0.0.2")}};
    ha.addresses = {{*IpInterface::parse("203.0.113.10/24"), LinkName{"wan0"}}};
    return ha;
}

TEST(PairSettings, AGatewayIsTheOneWhosePathAddressItOwns)
{
    auto ha = file();
    EXPECT_EQ(spec_of(ha, here).error().kind, Kind::Config) << "neither";
    ha.paths[0].second = *IpAddress::parse("127.0.0.1");
    EXPECT_EQ(spec_of(ha, here)->self, config::HaNode::Second);
    ha.paths[0].first = *IpAddress::parse("127.0.0.1");
    EXPECT_EQ(spec_of(ha, here).error().kind, Kind::Config) << "both";
}

TEST(PairSettings, ANodeThatIsWrittenIsTaken)
{
    auto ha = file();
    ha.node = config::HaNode::Second;
    ha.preferred = config::HaNode::Second;
    ha.interval = std::chrono::milliseconds{50};
    ha.lost = 8;
    const auto spec = spec_of(ha, here);
    ASSERT_TRUE(spec);
    EXPECT_EQ(spec->settings.self, ha::Node::Second);
    EXPECT_TRUE(spec->settings.preferred);
    EXPECT_EQ(spec->settings.timing.detect(), std::chrono::milliseconds{400});
    EXPECT_EQ(fenced(*spec), nft::FenceSpec{*IpAddress::parse("203.0.113.10")});
}

TEST(PairSettings, APathNeedsBothEnds)
{
    auto ha = file();
    ha.node = config::HaNode::First;
    ha.paths[0].first.reset();
    EXPECT_EQ(spec_of(ha, here).error().kind, Kind::Config);
}

} // namespace
} // namespace linkspan::pair
