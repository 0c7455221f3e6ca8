#include "agent/egress_host.h"

#include <gmock/gmock.h>

namespace linkspan::agent {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(EgressWarnings, AFullTableSaysSo)
{
    EXPECT_THAT(warnings_of(bus::EgressReport{.pins = 1, .most_pins = 10}), IsEmpty());
    EXPECT_THAT(warnings_of(bus::EgressReport{.pins = 10, .most_pins = 10}), Contains(HasSubstr("is full")));
    EXPECT_THAT(warnings_of(bus::EgressReport{.most_pins = 10, .set_full = 3}),
                Contains(HasSubstr("3 addresses found no room")));
}

} // namespace
} // namespace linkspan::agent
