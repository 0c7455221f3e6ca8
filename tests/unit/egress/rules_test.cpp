#include "egress/rules.h"

#include <gtest/gtest.h>

namespace linkspan::egress {
namespace {

TEST(Rules, AClassIsNamedAfterItsServicesAlone)
{
    EXPECT_EQ(name_of({{80, 80}, {443, 443}}), name_of({{80, 80}, {443, 443}}));
    EXPECT_NE(name_of({{80, 80}, {443, 443}}), name_of({{80, 443}}));
    EXPECT_EQ(name_of({{80, 80}}).size(), 14U);
}

} // namespace
} // namespace linkspan::egress
