#include "egress/service_classes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

namespace linkspan::egress {
namespace {

Service service(std::string_view rule)
{
    return EgressRule::parse("a.example" + std::string{rule})->service;
}

using Line = std::vector<std::vector<Stretch>>;
constexpr std::uint32_t udp = Stretch::udp;

TEST(Classify, TellsApartWhatRulesTellApart)
{
    const auto found = classify(std::set{service(":80,443/tcp"), service(":443/tcp")});
    EXPECT_EQ(found.classes, (Line{{{80, 80}}, {{443, 443}}}));
    EXPECT_EQ(found.of.at(service(":80,443/tcp")), (ClassSet{0, 1}));
    EXPECT_EQ(found.of.at(service(":443/tcp")), ClassSet{1});
}

TEST(Classify, MakesOneClassOfWhatNoRuleTellsApart)
{
    const auto found = classify(std::set{service(":80,443,8000-8010/tcp")});
    EXPECT_EQ(found.classes, (Line{{{80, 80}, {443, 443}, {8000, 8010}}}));
}

TEST(Classify, KnowsProtocols)
{
    const auto found = classify(std::set{service(":53"), service("/udp"), service("/icmp")});
    EXPECT_EQ(found.classes, (Line{{{53, 53}},
                                   {{udp, udp + 52}, {udp + 54, udp + 0xffff}},
                                   {{udp + 53, udp + 53}},
                                   {{Stretch::icmp, Stretch::icmp}}}));
    EXPECT_EQ(found.of.at(service(":53")), (ClassSet{0, 2}));
    EXPECT_EQ(found.of.at(service("/udp")), (ClassSet{1, 2}));
}

TEST(Classify, CutsAHoleIntoEverything)
{
    const auto found = classify(std::set{service(""), service(":25/tcp")});
    EXPECT_EQ(found.classes, (Line{{{0, 24}, {26, Stretch::other}}, {{25, 25}}}));
}

TEST(Classify, OfNothingIsNothing)
{
    EXPECT_TRUE(classify({}).classes.empty());
}

/// However services overlap: each is exactly the sum of its classes, and no two classes share a point.
TEST(Classify, LosesAndInventsNothing)
{
    std::mt19937 random{7};
    std::uniform_int_distribution<int> port{1, 40};
    for (int round = 0; round < 200; ++round) {
        std::set<Service> services;
        for (int i = 0; i < 6; ++i) {
            const auto [first, last] = std::minmax({port(random), port(random)});
            const char* protocol = i % 3 == 0 ? "/tcp" : i % 3 == 1 ? "/udp" : "";
            services.insert(service(":" + std::to_string(first) + "-" + std::to_string(last) + protocol));
        }
        const auto found = classify(services);
        std::vector<Stretch> all;
        for (const auto& one : found.classes) all.insert(all.end(), one.begin(), one.end());
        std::ranges::sort(all);
        for (std::size_t i = 1; i < all.size(); ++i) ASSERT_LT(all[i - 1].last, all[i].first);
        for (const Service& one : services)
            for (const std::uint32_t base : {Stretch::tcp, Stretch::udp})
                for (std::uint32_t p = 1; p <= 41; ++p) {
                    const auto holds = [&](std::uint16_t number) {
                        return std::ranges::any_of(found.classes[number], [&](const Stretch& s) {
                            return s.first <= base + p && base + p <= s.last;
                        });
                    };
                    ASSERT_EQ(std::ranges::any_of(found.of.at(one), holds),
                              one.matches(base == udp ? 17 : 6, static_cast<std::uint16_t>(p)));
                }
    }
}

} // namespace
} // namespace linkspan::egress
