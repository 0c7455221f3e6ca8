#include "bus/reply.h"

#include <gtest/gtest.h>

namespace linkspan::bus {
namespace {

TEST(BusReply, RefusalsCarryKindAndText)
{
    sd_bus_error error = SD_BUS_ERROR_NULL;
    EXPECT_LT(refuse(&error, {Kind::NotFound, 0, "no \xff"}), 0);
    EXPECT_STREQ(error.name, "org.linkspan.Error.NotFound");
    EXPECT_STREQ(error.message, "no \xef\xbf\xbd");
    sd_bus_error_free(&error);
}

TEST(BusReply, EveryKindHasAValidName)
{
    for (int kind = 0; kind <= static_cast<int>(Kind::Foreign); ++kind)
        EXPECT_TRUE(sd_bus_interface_name_is_valid(bus_error_name(static_cast<Kind>(kind)))) << kind;
    EXPECT_STREQ(bus_error_name(Kind::Config), "org.linkspan.Error.Config");
}

} // namespace
} // namespace linkspan::bus
