#include "bus/egress_json.h"
#include "bus/report_json.h"

#include <gmock/gmock.h>

namespace linkspan::bus {
namespace {

using testing::HasSubstr;

TEST(EgressJson, TellsPinsAndWhy)
{
    EXPECT_EQ(
        to_json(EgressLearned{{{"10.1.0.10", "192.0.2.7", {"a.example"}, 60}}, false}),
        R"({"schema":1,"pins":[{"client":"10.1.0.10","address":"192.0.2.7","names":["a.example"],"seconds":60}],"more":false})");
    EXPECT_THAT(to_json(EgressWhy{.question = {"10.1.0.10", "a.example", "tcp", 443}, .judged = true}),
                HasSubstr(R"("judged":true,"allowed":false,"tag":null,"rule":null,"opened":[])"));
    EXPECT_EQ(to_json(EgressDiscovered{{{"a.example", "tcp", 443, 2}}, {{"a.example", 1}}, 0}),
              R"({"schema":1,"used":[{"target":"a.example","protocol":"tcp","port":443,"sessions":2}],)"
              R"("asked":[{"name":"a.example","answers":1}],"left_out":0})");
}

} // namespace
} // namespace linkspan::bus
