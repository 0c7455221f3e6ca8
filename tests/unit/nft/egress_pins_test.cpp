#include "nft/egress_pins.h"

#include <gmock/gmock.h>

#include <iterator>

namespace linkspan::nft {
namespace {

using testing::ElementsAre;
using namespace std::chrono_literals;

PinElement pin(const char* set, const char* address, std::chrono::milliseconds timeout, bool fresh)
{
    return {set, *IpAddress::parse("10.0.0.1"), *IpAddress::parse(address), timeout, fresh};
}

TEST(EgressPins, StandOnceEachForTheLongestOfTheirTimes)
{
    const std::vector pins{pin("a", "192.0.2.1", 60s, true), pin("a", "192.0.2.1", 90s, false),
                           pin("b", "192.0.2.1", 60s, false), pin("a", "192.0.2.1", 30s, false)};
    EXPECT_THAT(arranged(pins), ElementsAre(pin("a", "192.0.2.1", 90s, true), pin("b", "192.0.2.1", 60s, false)));
}

std::vector<std::pair<PinVerb, std::size_t>> said(std::span<const PinElement> pins, bool believe)
{
    std::vector<std::pair<PinVerb, std::size_t>> parts;
    for (const auto& part : parts_of(pins, believe)) parts.emplace_back(part.verb, part.pins.size());
    return parts;
}

TEST(EgressPins, FreshOnesAreOnlyAddedAndOthersTakenAwayBefore)
{
    const auto pins = arranged(std::vector{pin("a", "192.0.2.1", 60s, true), pin("a", "192.0.2.2", 60s, false),
                                           pin("a", "192.0.2.3", 60s, true), pin("b", "192.0.2.3", 60s, true)});
    EXPECT_THAT(said(pins, true),
                ElementsAre(std::pair{PinVerb::Add, 1U}, std::pair{PinVerb::Delete, 1U}, std::pair{PinVerb::Add, 1U},
                            std::pair{PinVerb::AddFresh, 2U}, std::pair{PinVerb::AddFresh, 1U}));
    EXPECT_THAT(said(pins, false),
                ElementsAre(std::pair{PinVerb::Add, 3U}, std::pair{PinVerb::Delete, 3U}, std::pair{PinVerb::Add, 3U},
                            std::pair{PinVerb::Add, 1U}, std::pair{PinVerb::Delete, 1U}, std::pair{PinVerb::Add, 1U}));
}

TEST(EgressPins, AMessageTakesNoMoreThanItHasRoomFor)
{
    std::vector<PinElement> pins;
    auto address = *IpAddress::parse("2001:db8::");
    for (std::size_t i = 0; i < pins_per_message + 1; ++i, ++address.bytes[15])
        pins.push_back({"a", *IpAddress::parse("2001:db8:1::1"), address, 60s, true});
    const auto parts = parts_of(pins, true);
    ASSERT_EQ(parts.size(), 2U);
    netlink::Message message;
    encode_pins(parts.front().pins, parts.front().verb, message);
    EXPECT_TRUE(message.ok());
    EXPECT_EQ(parts.front().pins.size(), pins_per_message);
}

} // namespace
} // namespace linkspan::nft
