#include "cli/render.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace linkspan::cli {
namespace {

constexpr WallTime now = WallTime{std::chrono::seconds{1'795'173'000}};

boost::json::object parse(std::string_view text)
{
    return boost::json::parse(text).as_object();
}

TEST(RenderPlan, NothingToDo)
{
    EXPECT_EQ(render_plan(parse(R"({"steps":[],"conflicts":[]})"), {}), "nothing to do\n");
}

TEST(RenderPlan, ReadsLikeADiffByConnection)
{
    const auto plan = parse(R"({"steps":[
        {"verb":"create","connection":"azure-hub","object":"policy out 10.1.0.0/16 -> 10.20.0.0/16","detail":null},
        {"verb":"delete","connection":null,"object":"route 10.9.0.0/16 metric 1","detail":null},
        {"verb":"update","connection":"azure-hub","object":"link ls-azure-hub","detail":"mtu 1400 -> 1422"},
        {"verb":"replace","connection":"aws","object":"link ls-aws","detail":"remote 198.51.100.7 -> 198.51.100.8"},
        {"verb":"initiate","connection":"aws","object":"IKE","detail":null}],
      "conflicts":[{"connection":"gcp","object":"link ls-gcp","why":"in its place stands a dummy link"}]})");
    EXPECT_EQ(render_plan(plan, {}), R"(azure-hub
   +  policy out 10.1.0.0/16 -> 10.20.0.0/16
   ~  link ls-azure-hub                       mtu 1400 -> 1422

gateway
   -  route 10.9.0.0/16 metric 1

aws
  -+  link ls-aws  remote 198.51.100.7 -> 198.51.100.8
   >  IKE

! conflict: gcp: link ls-gcp
    in its place stands a dummy link
    linkspan does not touch what is not its own: remove it, or change the file

plan: 1 to create, 1 to update, 1 to replace, 1 to delete, 1 to initiate; 1 conflict
)");
}

TEST(RenderPlan, AConflictAloneIsNotNothingToDo)
{
    const auto plan = parse(R"({"conflicts":[{"object":"link ls-gcp","why":"a dummy link"}]})");
    EXPECT_TRUE(render_plan(plan, {}).ends_with("plan: nothing to do; 1 conflict\n"));
}

TEST(RenderPlan, ColoursPaintTheSigns)
{
    const auto plan = parse(R"({"steps":[{"verb":"create","connection":"a","object":"x"}]})");
    EXPECT_EQ(render_plan(plan, {.colour = true}), "\x1b[1ma\x1b[0m\n   \x1b[32m+\x1b[0m  x\n\nplan: 1 to create\n");
}

TEST(RenderApply, SaysWhatWasDone)
{
    const auto applied = parse(R"({"in_sync":true,"done":[
        {"verb":"create","connection":"aws","object":"link ls-aws","detail":null}],"unsynced":[]})");
    EXPECT_EQ(render_apply(applied, {}, now), "aws\n   +  link ls-aws\n\napply: 1 created; in sync\n");
    EXPECT_EQ(render_apply(parse(R"({"in_sync":true})"), {}, now), "nothing to do: in sync\n");
}

TEST(RenderApply, SaysWhatIsNotInSync)
{
    const auto applied = parse(R"({"in_sync":false,"done":[],"unsynced":[
        {"connection":"aws","object":"link ls-aws","why":"Operation not supported","since":null,
         "attempts":1,"retry_in":1}]})");
    EXPECT_EQ(render_apply(applied, {}, now), R"(not in sync
  aws: link ls-aws
    Operation not supported
    1 attempt, next in 1 s

apply: nothing done; 1 object not in sync
)");
}

} // namespace
} // namespace linkspan::cli
