#include "base/prefix_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace linkspan {
namespace {

TEST(PrefixSet, AgreesWithLookingAtEach)
{
    std::mt19937 random{3};
    const auto prefix = [&] {
        auto address = IpAddress::any(random() % 2 ? Family::V4 : Family::V6);
        for (unsigned i = 0; i < 3; ++i) address.bytes[i] = static_cast<std::uint8_t>(random() % 4);
        return IpPrefix::network_of(address, static_cast<std::uint8_t>(random() % 25));
    };
    for (int round = 0; round < 300; ++round) {
        PrefixSet set;
        std::vector<IpPrefix> all;
        for (auto i = random() % 6; i > 0; --i) set.insert(all.emplace_back(prefix()));
        const auto asked = prefix();
        const auto meets = [&](const IpPrefix& p) { return p.overlaps(asked); };
        EXPECT_EQ(set.overlaps(asked), std::ranges::any_of(all, meets)) << asked.text();
    }
}

} // namespace
} // namespace linkspan
