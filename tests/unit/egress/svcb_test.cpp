#include "egress/svcb.h"

#include <gtest/gtest.h>

#include <vector>

namespace linkspan::egress {
namespace {

using Bytes = std::vector<std::uint8_t>;

struct Hints {
    bool sound = false;
    std::vector<Bytes> addresses = {};
    bool operator==(const Hints&) const = default;
};

Hints hints_of(const Bytes& data)
{
    Hints hints;
    hints.sound = for_each_hint(data, [&](std::span<const std::uint8_t> octets) {
        hints.addresses.emplace_back(octets.begin(), octets.end());
    });
    return hints;
}

TEST(Svcb, HintsAtAddresses)
{
    EXPECT_EQ(hints_of({0, 1, 0, 0, 4, 0, 4, 192, 0, 2, 1}), (Hints{true, {{192, 0, 2, 1}}}));
}

TEST(Svcb, SkipsTheTargetAndOtherKeys)
{
    EXPECT_EQ(hints_of({0, 1, 1, 'a', 3, 'c', 'o', 'm', 0, 0, 1, 0, 3, 2, 'h', '3', 0, 4, 0, 4, 192, 0, 2, 1}),
              (Hints{true, {{192, 0, 2, 1}}}));
}

TEST(Svcb, HasNoHintsAsAnAlias)
{
    EXPECT_EQ(hints_of({0, 0, 0, 0, 4, 0, 4, 192, 0, 2, 1}), (Hints{true, {}}));
}

TEST(Svcb, RefusesWhatIsMalformed)
{
    const std::vector<Bytes> wrong{
        {},
        {0},
        {0, 1},                                                    // no target
        {0, 1, 5, 'a'},                                            // a target that ends too early
        {0, 1, 0xc0, 12},                                          // a compressed target
        {0, 1, 0, 0, 4},                                           // half a parameter
        {0, 1, 0, 0, 4, 0, 4, 192, 0, 2},                          // an address that ends too early
        {0, 1, 0, 0, 4, 0, 0},                                     // no address at all
        {0, 1, 0, 0, 4, 0, 3, 192, 0, 2},                          // three quarters of one
        {0, 1, 0, 0, 4, 0, 4, 1, 2, 3, 4, 0, 4, 0, 4, 1, 2, 3, 4}, // a key twice
        {0, 1, 0, 0, 4, 0, 4, 1, 2, 3, 4, 0, 1, 0, 0},             // keys that fall
    };
    for (const Bytes& data : wrong) EXPECT_FALSE(hints_of(data).sound) << testing::PrintToString(data);
}

} // namespace
} // namespace linkspan::egress
