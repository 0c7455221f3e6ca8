#include "bus/report.h"

#include <gtest/gtest.h>

#include <set>

namespace linkspan::bus {
namespace {

TEST(Report, EveryStateHasANameOfItsOwn)
{
    std::set<std::string_view> names;
    for (const State state :
         {State::Up, State::Connecting, State::Waiting, State::Degraded, State::Down, State::Disabled, State::Failed})
        names.insert(name_of(state));
    EXPECT_EQ(names,
              (std::set<std::string_view>{"up", "connecting", "waiting", "degraded", "down", "disabled", "failed"}));
}

} // namespace
} // namespace linkspan::bus
