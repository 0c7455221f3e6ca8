#include "agent/egress_alarms.h"
#include "agent/egress_host.h"

#include <gmock/gmock.h>

namespace linkspan::agent {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Monotonic start{100h};
const egress::Rules rules{.limits = {.pins = {.total = 10}}, .held = 64};

TEST(EgressAlarms, AFullTableSaysSo)
{
    egress::TapReport tap{.counts = {.pins = 9}};
    EXPECT_THAT(alarms_of(tap, rules, start), IsEmpty());
    tap.counts.pins = 10;
    EXPECT_THAT(alarms_of(tap, rules, start), ElementsAre(HasSubstr("all 10 addresses of limits.addresses")));
}

TEST(EgressAlarms, SayHowOftenWhenLastAndWhatToDo)
{
    egress::TapReport tap;
    tap.unseen.raise(3, start);
    tap.unseen.raise(4, start + 5min);
    EXPECT_THAT(alarms_of(tap, rules, start + 5min),
                ElementsAre(AllOf(HasSubstr("7 DNS answers went on"), HasSubstr("within the last minute"),
                                  HasSubstr("raise limits.held"))));
    EXPECT_THAT(alarms_of(tap, rules, start + 20min), ElementsAre(HasSubstr("the last 15 min ago")));
}

TEST(EgressAlarms, GoAwayWhenNothingHasHappenedForAnHour)
{
    egress::TapReport tap;
    tap.unseen.raise(3, start);
    tap.set_full.raise(1, start + 1min);
    EXPECT_EQ(alarms_of(tap, rules, start + 1h).size(), 2U);
    EXPECT_THAT(alarms_of(tap, rules, start + 1h + 30s), ElementsAre(HasSubstr("no room in a set")));
    EXPECT_THAT(alarms_of(tap, rules, start + 3h), IsEmpty());
    tap.unseen.raise(1, start + 4h);
    EXPECT_THAT(alarms_of(tap, rules, start + 4h), ElementsAre(HasSubstr("4 DNS answers")));
}

TEST(EgressWarnings, AreAlarmsAndTroubles)
{
    EXPECT_THAT(warnings_of(bus::EgressReport{.alarms = {"many"}, .troubles = {"bind queue 5300: busy"}}),
                ElementsAre("egress: many", "egress: bind queue 5300: busy"));
}

} // namespace
} // namespace linkspan::agent
