#include "xfrm/observed_policy.h"

#include "tests/fake/xfrm_samples.h"

#include <gtest/gtest.h>

namespace linkspan::xfrm {

namespace {

TEST(Policies, AreFoundByKey)
{
    Policies policies;
    for (const auto& [key, spec] : fake::Connection{}.all()) policies.push_back({.key = key});
    for (const auto& policy : policies) EXPECT_EQ(find(policies, policy.key), &policy);
    EXPECT_EQ(find(policies, fake::Connection{.id = 0x1000'0000}.out().key), nullptr);
    EXPECT_EQ(find(policies, fake::Connection{.id = 0x1fff'ffff}.out().key), nullptr);
    EXPECT_EQ(find({}, policies[0].key), nullptr);
}

TEST(Policies, StaySmall)
{
    EXPECT_LE(sizeof(ObservedPolicy), 112) << "40,000 of them are part of the agent's memory";
}

} // namespace

} // namespace linkspan::xfrm
