#include "takeover/exec_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::takeover {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::SizeIs;

const ExecSpec spec{
    .command = "/etc/linkspan/move", .addresses = {"203.0.113.10/24@wan0", "10.1.0.1/24@lan0"}, .gateway = "edge-1"};

TEST(ExecCodec, arguments_are_the_verb_and_the_epoch)
{
    EXPECT_THAT(arguments_of(spec, {Verb::Release, {17}}), ElementsAre("/etc/linkspan/move", "release", "17"));
}

TEST(ExecCodec, environment_is_made_for_the_run_and_holds_nothing_else)
{
    const auto environment = environment_of(spec, {Verb::Take, {18}}, 2);
    EXPECT_THAT(environment, Contains("LINKSPAN_ROLE=active"));
    EXPECT_THAT(environment, Contains("LINKSPAN_EPOCH=18"));
    EXPECT_THAT(environment, Contains("LINKSPAN_ADDRESSES=203.0.113.10/24@wan0 10.1.0.1/24@lan0"));
    EXPECT_THAT(environment, Contains("LINKSPAN_GATEWAY=edge-1"));
    EXPECT_THAT(environment, Contains("LINKSPAN_ATTEMPT=2"));
    EXPECT_THAT(environment, SizeIs(7));
    EXPECT_THAT(environment_of(spec, {Verb::Release, {18}}, 1), Contains("LINKSPAN_ROLE=standby"));
}

} // namespace
} // namespace linkspan::takeover
