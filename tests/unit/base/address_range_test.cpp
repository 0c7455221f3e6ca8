#include "base/address_range.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan {
namespace {

using testing::HasSubstr;

std::vector<std::string> networks(const char* text)
{
    std::vector<std::string> texts;
    for (const auto& network : AddressRange::parse(text).value().networks()) texts.push_back(network.text());
    return texts;
}

TEST(AddressRange, IsWrittenInThreeWays)
{
    for (const auto* text :
         {"100.64.0.1", "100.64.0.1-100.64.0.9", "100.64.0.0/24", "fd00::1", "fd00::/64", "0.0.0.0/0"})
        EXPECT_EQ(AddressRange::parse(text).value().text(), text);
    EXPECT_EQ(AddressRange::parse("100.64.0.0-100.64.0.255").value().text(), "100.64.0.0/24");
    EXPECT_EQ(AddressRange::parse("100.64.0.1/32").value().text(), "100.64.0.1");
}

TEST(AddressRange, RefusesWhatIsNone)
{
    for (const auto* text :
         {"", "x", "100.64.0.1-", "-100.64.0.1", "100.64.0.1-fd00::1", "100.64.0.1/24", "1.2.3.4-1.2.3.4-1.2.3.4"})
        EXPECT_FALSE(AddressRange::parse(text)) << text;
    EXPECT_THAT(AddressRange::parse("10.0.0.9-10.0.0.1").error().what, HasSubstr("\"10.0.0.1-10.0.0.9\""));
}

TEST(AddressRange, IsMadeUpOfTheFewestNetworks)
{
    EXPECT_EQ(networks("10.0.0.1-10.0.0.6"),
              (std::vector<std::string>{"10.0.0.1/32", "10.0.0.2/31", "10.0.0.4/31", "10.0.0.6/32"}));
    EXPECT_EQ(networks("255.255.255.254-255.255.255.255"), (std::vector<std::string>{"255.255.255.254/31"}));
    EXPECT_EQ(networks("0.0.0.0/0"), (std::vector<std::string>{"0.0.0.0/0"}));
    EXPECT_EQ(networks("fd00::ffff-fd00::1:0"), (std::vector<std::string>{"fd00::ffff/128", "fd00::1:0/128"}));
}

TEST(AddressRange, KnowsWhatLiesInIt)
{
    const auto range = AddressRange::parse("10.0.0.5-10.0.0.9").value();
    const auto has = [&](const char* text) { return range.contains(IpAddress::parse(text).value()); };
    EXPECT_TRUE(has("10.0.0.5") && has("10.0.0.9"));
    EXPECT_FALSE(has("10.0.0.4") || has("10.0.0.10") || has("fd00::5"));
    EXPECT_TRUE(range.overlaps(IpPrefix::parse("10.0.0.8/29").value()));
    EXPECT_FALSE(range.overlaps(IpPrefix::parse("10.0.0.10/31").value()));
    EXPECT_FALSE(range.overlaps(IpPrefix::parse("::/0").value()));
}

TEST(AddressRange, AHostThatIsMovedKeepsItsNumber)
{
    EXPECT_EQ(moved(IpAddress::parse("10.1.2.3").value(), IpPrefix::parse("100.64.4.0/22").value()).text(),
              "100.64.6.3");
}

} // namespace
} // namespace linkspan
