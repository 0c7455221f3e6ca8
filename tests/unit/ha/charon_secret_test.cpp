#include "ha/charon_secret.h"

#include <gtest/gtest.h>

namespace linkspan::ha {
namespace {

TEST(CharonSecret, IsTheSameForTheSameKeyAndTellsNothingOfIt)
{
    const Secret key{"correct horse battery staple"}, other{"correct horse battery stapler"};
    EXPECT_TRUE(charon_secret(key).same_as(charon_secret(key)));
    EXPECT_FALSE(charon_secret(key).same_as(charon_secret(other)));
    EXPECT_EQ(charon_secret(key).reveal().size(), 64u);
    EXPECT_EQ(charon_secret(key).reveal().find_first_not_of("0123456789abcdef"), std::string_view::npos)
        << "nothing in it has a meaning in strongswan.conf";
}

} // namespace
} // namespace linkspan::ha
