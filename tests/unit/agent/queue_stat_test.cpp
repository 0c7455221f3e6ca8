#include "agent/queue_stat.h"

#include <gmock/gmock.h>

namespace linkspan::agent {
namespace {

TEST(QueueStat, ReadsTheKernelsLines)
{
    EXPECT_THAT(parse_queues(" 5300   4242     3 2 65531     7     2       99  1\n"
                             " 5301   4242     0 2 65531     0     0        1  1\nnonsense\n"),
                testing::ElementsAre(QueueStat{5300, 3, 9}, QueueStat{5301, 0, 0}));
}

} // namespace
} // namespace linkspan::agent
