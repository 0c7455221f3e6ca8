#include "agent/held.h"
#include "tests/unit/directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::agent {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Held, NothingIsHeldBeforeAnybodySaidSo)
{
    const Directory state;
    EXPECT_THAT(load_held(state / "down"), IsEmpty());
}

TEST(Held, StaysUntilReleased)
{
    const Directory state;
    ASSERT_TRUE(hold(state / "down", {"a"}));
    ASSERT_TRUE(hold(state / "down", {"b"}));
    ASSERT_TRUE(hold(state / "down", {"b"})) << "twice is once";
    EXPECT_THAT(load_held(state / "down"), ElementsAre(ConnectionName{"a"}, ConnectionName{"b"}));
    ASSERT_TRUE(release(state / "down", {"a"}));
    ASSERT_TRUE(release(state / "down", {"a"})) << "what is gone is released";
    EXPECT_THAT(load_held(state / "down"), ElementsAre(ConnectionName{"b"}));
}

TEST(Held, AStateThatCannotBeWrittenIsAnErrorWithItsName)
{
    const auto refused = hold("/proc/nowhere", {"a"});
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().what, testing::HasSubstr("/proc/nowhere"));
}

} // namespace
} // namespace linkspan::agent
