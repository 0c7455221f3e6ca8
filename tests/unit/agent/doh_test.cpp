#include "agent/doh.h"

#include <gtest/gtest.h>

namespace linkspan::agent {
namespace {

TEST(Doh, EveryAddressOfTheListCanBeRead)
{
    EXPECT_EQ(known_doh_servers().size(), 51U);
}

} // namespace
} // namespace linkspan::agent
