#include "xfrm/policy_spec.h"

#include "tests/fake/xfrm_samples.h"

#include <gtest/gtest.h>

namespace linkspan::xfrm {
namespace {

PolicyKey plain(const char* local, const char* remote, Direction direction = Direction::Out)
{
    const bool out = direction == Direction::Out;
    return {.direction = direction,
            .source = fake::prefix(out ? local : remote),
            .destination = fake::prefix(out ? remote : local)};
}

TEST(PolicyPriority, OfATunnelLinkIsFixed)
{
    EXPECT_EQ(priority_of(fake::Connection{}.out().key), protect_priority);
    EXPECT_EQ(priority_of(fake::Connection{}.block().key), block_priority);
    auto block = plain("10.1.0.0/16", "10.20.0.0/16");
    block.role = Role::Block;
    EXPECT_EQ(priority_of(block), block_priority);
}

TEST(PolicyPriority, OfPlainPoliciesSaysHowNarrowTheyAre)
{
    auto with_protocol = plain("10.1.0.0/16", "10.20.1.0/24"), with_port = with_protocol;
    with_protocol.protocol = with_port.protocol = 6;
    with_port.destination_port = 443;
    auto with_ports = with_port;
    with_ports.source_port = 1024;
    auto bypass = plain("0.0.0.0/0", "0.0.0.0/0");
    bypass.role = Role::Bypass;
    auto of_path = plain("10.1.0.0/16", "10.20.1.0/24");
    of_path.mark = policy_path(Path::Backup);
    const PolicyKey narrowest_first[] = {plain("10.1.0.0/24", "10.20.1.0/24"),
                                         with_ports,
                                         with_port,
                                         with_protocol,
                                         of_path,
                                         plain("10.1.0.0/16", "10.20.1.0/24"),
                                         plain("10.1.0.0/32", "10.20.0.0/16"),
                                         plain("10.1.0.0/32", "0.0.0.0/0"),
                                         plain("0.0.0.0/0", "0.0.0.0/0"),
                                         bypass};
    std::uint32_t before = plain_priority_first;
    for (const auto& key : narrowest_first) {
        EXPECT_LT(before, priority_of(key)) << key.source.text() << " " << key.destination.text();
        before = priority_of(key);
    }
    EXPECT_EQ(before, plain_priority_last);
    EXPECT_EQ(priority_of(plain("::1/128", "::2/128")), plain_priority_first + 4);
}

TEST(PolicyPriority, IsTheSameInAllDirections)
{
    const auto out = priority_of(plain("10.1.0.0/16", "10.20.1.0/24"));
    EXPECT_EQ(priority_of(plain("10.1.0.0/16", "10.20.1.0/24", Direction::In)), out);
    EXPECT_EQ(priority_of(plain("10.1.0.0/16", "10.20.1.0/24", Direction::Forward)), out);
}

} // namespace
} // namespace linkspan::xfrm
