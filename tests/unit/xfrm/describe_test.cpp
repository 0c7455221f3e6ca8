#include "xfrm/describe.h"

#include "tests/fake/xfrm_samples.h"

#include <gtest/gtest.h>

namespace linkspan::xfrm {

namespace {

using fake::Connection;

TEST(XfrmText, NamesAPolicyByAllThatMakesItOne)
{
    const Connection vti{.by_mark = true, .local = fake::prefix("10.1.0.0/16"), .remote = fake::prefix("10.2.0.0/24")};
    EXPECT_EQ(describe(Connection{}.out().key), "policy out 0.0.0.0/0 -> 0.0.0.0/0 if_id 0x1234abcd");
    EXPECT_EQ(describe(Connection{}.block().key), "block policy out 0.0.0.0/0 -> 0.0.0.0/0 if_id 0x1234abcd");
    EXPECT_EQ(describe(vti.policy(Direction::In).key), "policy in 10.2.0.0/24 -> 10.1.0.0/16 mark 0x1234abcd");
    EXPECT_EQ(describe(vti.policy(Direction::Forward).key), "policy fwd 10.2.0.0/24 -> 10.1.0.0/16 mark 0x1234abcd");
}

TEST(XfrmText, NamesAnSaByDestinationAndSpi)
{
    EXPECT_EQ(describe(StateKey{fake::address("2001:db8::7"), Spi{0xc0de}}), "SA 2001:db8::7 spi 0x0000c0de");
}

TEST(XfrmText, TellsWhatAnUpdateChanges)
{
    Connection connection;
    const auto before = connection.out();
    connection.peer = fake::address("198.51.100.99");
    EXPECT_EQ(detail({Verb::Update, connection.out(), before}),
              "203.0.113.10 -> 198.51.100.7 reqid 0x1234abcd => 203.0.113.10 -> 198.51.100.99 reqid 0x1234abcd");
    EXPECT_EQ(detail({Verb::Update, before, before}), "restored: changed by hand");
    auto bare = before;
    bare.protect.reset();
    EXPECT_EQ(detail({Verb::Update, before, bare}), "no template => 203.0.113.10 -> 198.51.100.7 reqid 0x1234abcd");
    EXPECT_EQ(detail({Verb::Create, before, {}}), "203.0.113.10 -> 198.51.100.7 reqid 0x1234abcd");
    EXPECT_EQ(detail({Verb::Delete, before, {}}), "");
    EXPECT_EQ(detail({Verb::Update, connection.block(), connection.block()}), "restored: changed by hand");
    EXPECT_EQ(detail({Verb::Create, connection.block(), {}}), "");
}

TEST(XfrmText, NamesWhoStandsInOurPlace)
{
    ObservedPolicy policy{.key = Connection{}.out().key, .priority = 399'999, .action = Action::Block};
    EXPECT_EQ(holder(policy), "a block policy with priority 399999 that linkspan did not make");
    policy.action = Action::Allow;
    policy.protect = Template{.reqid = {7}};
    EXPECT_EQ(holder(policy), "an allow policy with priority 399999, reqid 7 that linkspan did not make");
}

} // namespace

} // namespace linkspan::xfrm
