#include "nft/nat_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <random>

namespace linkspan::nft {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

Mapping mapping(const char* inside, const char* outside)
{
    return {IpPrefix::parse(inside).value(), IpPrefix::parse(outside).value()};
}

/// "in4_saddr_24 10.1.8.0 > 100.65.4.0"
std::vector<std::string> texts(const NatTable& table)
{
    std::vector<std::string> all;
    for (const auto& e : *table.elements) all.push_back(name_of(e.map) + " " + e.from.text() + " > " + e.to.text());
    return all;
}

TEST(NatTable, AMappingIsTranslatedBothWaysAtItsOwnEnd)
{
    const Nat local{{{{0x1000'0001}, {"a", {mapping("10.1.0.0/16", "100.64.0.0/16")}, {}}}}};
    EXPECT_THAT(texts(table_of(local)),
                ElementsAre("in4_daddr_16 100.64.0.0 > 10.1.0.0", "out4_saddr_16 10.1.0.0 > 100.64.0.0"));
    const Nat remote{{{{0x1000'0001}, {"a", {}, {mapping("100.65.0.0/24", "10.1.0.0/24")}}}}};
    EXPECT_THAT(texts(table_of(remote)),
                ElementsAre("in4_saddr_24 10.1.0.0 > 100.65.0.0", "out4_daddr_24 100.65.0.0 > 10.1.0.0"));
}

TEST(NatTable, WhatComesOutOfAVtiIsToldByItsLink)
{
    const Nat nat{{{{0x1000'0001}, {"a", {mapping("10.1.0.0/16", "100.64.0.0/16")}, {}, {"ls-a"}}}}};
    const auto table = table_of(nat);
    EXPECT_THAT(texts(table),
                ElementsAre("link4_daddr_16 100.64.0.0 > 10.1.0.0", "out4_saddr_16 10.1.0.0 > 100.64.0.0"));
    EXPECT_EQ(table.elements->front().key, (MouthKey{{}, {"ls-a"}}));
    EXPECT_EQ(table.elements->back().key, (MouthKey{{0x1000'0001}, {}}));
}

TEST(NatTable, PrefixesBetweenBytesAreSeveralElements)
{
    const auto count = [](const char* inside, const char* outside) {
        return table_of(Nat{{{{0x1000'0001}, {"a", {mapping(inside, outside)}, {}}}}}).elements->size();
    };
    EXPECT_EQ(count("10.1.0.0/22", "100.64.0.0/22"), 2 * 4u);
    EXPECT_EQ(count("10.1.0.0/17", "100.64.0.0/17"), 2 * 128u);
    EXPECT_EQ(count("10.1.0.7/32", "100.64.0.7/32"), 2 * 1u);
    EXPECT_EQ(count("fd00::/57", "fd64::/57"), 2 * 128u);
}

/// What the rules do with an element: its bytes take the place of the address's first ones.
IpAddress translated(const IpAddress& address, const Elements& elements, Entrance entrance, End end)
{
    for (auto element = elements.rbegin(); element != elements.rend(); ++element) {
        const auto& map = element->map;
        if (map.entrance != entrance || map.end != end || map.family != address.family) continue;
        if (IpPrefix::network_of(address, map.bits).address != element->from) continue;
        auto result = address;
        std::copy_n(element->to.bytes.begin(), map.bits / 8, result.bytes.begin());
        return result;
    }
    return address;
}

TEST(NatTable, EveryHostKeepsItsNumberThereAndBack)
{
    std::mt19937 random{7};
    for (int round = 0; round < 300; ++round) {
        const auto family = round % 2 ? Family::V6 : Family::V4;
        const auto bits = address_bits(family);
        const auto length = static_cast<std::uint8_t>(8 + random() % (bits - 7));
        IpAddress inside = IpAddress::any(family), outside = inside, host = inside;
        for (unsigned i = 0; i < bits / 8; ++i) {
            inside.bytes[i] = static_cast<std::uint8_t>(random());
            outside.bytes[i] = static_cast<std::uint8_t>(random());
            const auto own = static_cast<std::uint8_t>(length >= 8 * (i + 1) ? 0xff
                                                       : length <= 8 * i     ? 0
                                                                             : 0xff << (8 * (i + 1) - length));
            host.bytes[i] = static_cast<std::uint8_t>((inside.bytes[i] & own) | (random() & ~unsigned{own} & 0xff));
        }
        const Mapping one{IpPrefix::network_of(inside, length), IpPrefix::network_of(outside, length)};
        const auto table = table_of(Nat{{{{0x1000'0001}, {"a", {one}, {}}}}});
        const auto there = translated(host, *table.elements, Entrance::Out, End::Source);
        EXPECT_TRUE(one.outside.contains(there)) << host.text() << " " << there.text();
        EXPECT_EQ(translated(there, *table.elements, Entrance::Sa, End::Destination), host);
        for (unsigned bit = length; bit < bits; ++bit)
            EXPECT_EQ(there.bytes[bit / 8] >> (7 - bit % 8) & 1, host.bytes[bit / 8] >> (7 - bit % 8) & 1);
    }
}

TEST(NatTable, ABackupSharesTheCountersOfItsConnection)
{
    const Mouth mouth{"a", {mapping("10.1.0.0/16", "100.64.0.0/16")}, {}};
    const auto table = table_of(Nat{{{{0x1000'0001}, mouth}, {{0x1000'0002}, mouth}}});
    EXPECT_THAT(table.objects, ElementsAre("in-a", "out-a"));
    EXPECT_THAT(table.counters, SizeIs(4));
}

TEST(NatTable, RulesDependOnLengthsAndNotOnConnections)
{
    Nat one{{{{0x1000'0001}, {"a", {mapping("10.1.0.0/16", "100.64.0.0/16")}, {}}}}};
    auto many = one;
    for (std::uint32_t i = 2; i < 100; ++i) many.mouths[{0x1000'0000 + i}] = one.mouths.begin()->second;
    EXPECT_EQ(table_of(one).shape, table_of(many).shape);
    EXPECT_FALSE(table_of(Nat{}).present);
}

} // namespace
} // namespace linkspan::nft
