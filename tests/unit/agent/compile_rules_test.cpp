#include "agent/compile_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::agent {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

IpPrefix net(const char* text)
{
    return IpPrefix::parse(text).value();
}

config::Connection hub(config::Mode mode)
{
    config::Connection c;
    c.name = {"hub"};
    c.id = {0x1000'0001};
    c.mode = mode;
    c.device = {"ls-hub"};
    c.peer = IpAddress::parse("198.51.100.7").value();
    c.local_subnets = {net("100.64.0.1/32"), net("100.64.0.2/32")};
    c.remote_subnets = {net("10.20.0.0/16")};
    c.nat.rules = {{.source = {net("10.1.0.0/16")}, .source_to = AddressRange::parse("100.64.0.1").value()},
                   {.from_here = false,
                    .destination = {net("100.64.0.2/32")},
                    .destination_to = AddressRange::parse("10.9.0.80").value()}};
    return c;
}

TEST(CompileRules, ABackupIsOneWithItsConnection)
{
    auto backup = hub(config::Mode::Route);
    backup.name = {"hub+backup"};
    backup.backup_of = ConnectionName{"hub"};
    backup.id = {0x1000'0002};
    backup.device = {"ls-hub2"};
    const auto rules = compile_rules({.gateway = {}, .ike = {}, .connections = {hub(config::Mode::Route), backup}});
    ASSERT_EQ(rules.sets.size(), 1u);
    EXPECT_THAT(rules.sets.at({0x1000'0001}).ends.links, ElementsAre(LinkName{"ls-hub"}, LinkName{"ls-hub2"}));
    EXPECT_THAT(rules.sets.at({0x1000'0001}).unknown_there, IsEmpty()) << "a link takes any source";
}

TEST(CompileRules, ALinkThatIsMappedOneToOneKeepsItsSources)
{
    auto c = hub(config::Mode::Route);
    c.nat = {.local = {{net("10.1.0.0/16"), net("100.64.0.0/16")}}, .remote = {}, .rules = {}};
    EXPECT_THAT(compile_rules({.gateway = {}, .ike = {}, .connections = {c}}).keeps, ElementsAre(LinkName{"ls-hub"}));
    c.mode = config::Mode::Policy; // there the table inet linkspan keeps them
    EXPECT_TRUE(compile_rules({.gateway = {}, .ike = {}, .connections = {c}}).empty());
    c.mode = config::Mode::Route;
    c.enabled = false;
    EXPECT_TRUE(compile_rules({.gateway = {}, .ike = {}, .connections = {c}}).empty());
}

TEST(CompileRules, InPolicyModeWhatIsTranslatedHasPoliciesOfItsOwn)
{
    const auto c = hub(config::Mode::Policy);
    const auto local = IpAddress::parse("203.0.113.10").value();
    Desired desired;
    compile_untranslated(c, local, desired);
    EXPECT_THAT(compile_rules({.gateway = {}, .ike = {}, .connections = {c}}).sets.at(c.id).unknown_there,
                ElementsAre(net("10.1.0.0/16"), net("10.9.0.80/32")));
    std::size_t protecting = 0, blocking = 0;
    for (const auto& [key, policy] : desired.policies) {
        EXPECT_EQ(key.direction, xfrm::Direction::Out) << "what comes in is told by what the peer knows";
        (key.role == xfrm::Role::Protect ? protecting : blocking)++;
        if (policy.protect) { EXPECT_EQ(policy.protect->reqid.value, c.id.value); }
    }
    EXPECT_EQ(protecting, 2u);
    EXPECT_EQ(blocking, 2u);
}

} // namespace
} // namespace linkspan::agent
