#include "agent/compile_transit.h"

#include "agent/compile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::agent {
namespace {

using testing::IsEmpty;

config::Connection by_link(const char* name, std::vector<ConnectionName> transit = {})
{
    config::Connection c{.name = {name}, .id = id_of_name(name)};
    c.device = {std::string{"ls-"} + name};
    c.transit = std::move(transit);
    return c;
}

config::Connection by_policy(const char* name)
{
    config::Connection c{.name = {name}, .id = id_of_name(name), .mode = config::Mode::Policy};
    c.selectors = config::Selectors::Each;
    c.local_subnets = {TrafficSelector::parse("10.1.0.0/16").value(), TrafficSelector::parse("10.2.0.0/16").value()};
    c.remote_subnets = {TrafficSelector::parse("10.20.0.0/16").value()};
    return c;
}

TEST(CompileTransit, NothingNamedIsNothingAllowed)
{
    config::Config config{.connections = {by_link("a"), by_policy("b")}};
    EXPECT_THAT(compile_transit(config), IsEmpty());
    EXPECT_TRUE(compile(config, {}).nft.clamp);
}

TEST(CompileTransit, OneBeginsAndTheOtherAnswers)
{
    const config::Config config{.connections = {by_link("a", {{"p"}}), by_policy("p")}};
    const auto transits = compile_transit(config);
    const auto& from_a = transits.at(id_of_name("a"));
    EXPECT_EQ(from_a.from.links, std::set<LinkName>{{"ls-a"}});
    EXPECT_EQ(from_a.begins.reqids.size(), 2U) << "one for each pair";
    EXPECT_TRUE(from_a.answers.empty());
    const auto& from_p = transits.at(id_of_name("p"));
    EXPECT_EQ(from_p.from.reqids, from_a.begins.reqids);
    EXPECT_TRUE(from_p.begins.empty());
    EXPECT_EQ(from_p.answers.links, std::set<LinkName>{{"ls-a"}});
}

TEST(CompileTransit, WhereBothMayBeginNobodyIsAskedWhetherItAnswers)
{
    const config::Config config{.connections = {by_link("a", {{"b"}}), by_link("b", {{"a"}})}};
    for (const auto& [id, transit] : compile_transit(config)) EXPECT_TRUE(transit.answers.empty());
}

TEST(CompileTransit, ABackupIsItsConnection)
{
    auto backup = by_link("b+backup", {{"a"}});
    backup.backup_of = ConnectionName{"b"};
    const config::Config config{.connections = {by_link("a", {{"b"}}), by_link("b"), backup}};
    const auto transits = compile_transit(config);
    EXPECT_EQ(transits.size(), 2U);
    EXPECT_EQ(transits.at(id_of_name("a")).begins.links, (std::set<LinkName>{{"ls-b"}, {"ls-b+backup"}}));
    EXPECT_EQ(transits.at(id_of_name("b")).from.links, (std::set<LinkName>{{"ls-b"}, {"ls-b+backup"}}));
}

TEST(CompileTransit, AConnectionThatNamesItselfMayTurnRound)
{
    const config::Config config{.connections = {by_link("a", {{"a"}})}};
    const auto transits = compile_transit(config);
    const auto& transit = transits.at(id_of_name("a"));
    EXPECT_EQ(transit.begins, transit.from);
}

TEST(CompileOrigins, NamesWhatTheRulesCannotFindInTheRoutingTable)
{
    auto backup = by_link("b+backup");
    backup.backup_of = ConnectionName{"b"};
    auto primary = by_link("b");
    primary.backup = ConnectionName{"b+backup"};
    auto named = by_link("c");
    named.device = {"azure0"};
    auto policy = by_policy("p");
    policy.remote_subnets.push_back(TrafficSelector::parse("10.20.7.0/24").value());
    const auto origins = compile_origins({.connections = {by_link("a"), primary, backup, named, policy}});
    EXPECT_EQ(origins.named, std::set<LinkName>{{"azure0"}});
    EXPECT_EQ(origins.pairs,
              (std::map<ConnectionId, std::set<LinkName>>{{id_of_name("b"), {{"ls-b"}, {"ls-b+backup"}}}}));
    EXPECT_EQ(origins.without_link, std::set<IpPrefix>{IpPrefix::parse("10.20.0.0/16").value()});
}

} // namespace
} // namespace linkspan::agent
