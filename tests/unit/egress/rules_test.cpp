#include "egress/rules.h"

#include <gtest/gtest.h>

namespace linkspan::egress {
namespace {

TEST(Rules, AClassIsNamedAfterItsServicesAndTheRoomOfItsSet)
{
    EXPECT_EQ(name_of({{80, 80}, {443, 443}}, 100), name_of({{80, 80}, {443, 443}}, 100));
    EXPECT_NE(name_of({{80, 80}, {443, 443}}, 100), name_of({{80, 443}}, 100));
    EXPECT_NE(name_of({{80, 80}}, 100), name_of({{80, 80}}, 200));
    EXPECT_EQ(name_of({{80, 80}}, 100).size(), 14U);
}

} // namespace
} // namespace linkspan::egress
