#include "config/load.h"

#include <gtest/gtest.h>

namespace linkspan::config {
namespace {

/// A connection whose networks are listed so, and whose peer has our own network.
std::string file(const std::string& local_subnets, const std::string& remote_subnets)
{
    return "[gateway]\nuplink = \"wan0\"\n[[connection]]\nname = \"a\"\npeer = \"198.51.100.7\"\ninterface = \"xfrm\"\n"
           "psk = { file = \"/k\" }\nlocal_subnets = " +
           local_subnets + "\nremote_subnets = " + remote_subnets +
           "\n[connection.nat]\nlocal = { \"10.0.0.0/24\" = \"100.64.0.0/24\" }\n"
           "remote = { \"10.0.0.0/24\" = \"100.65.0.0/24\" }\n";
}

/// "ours > theirs", as this side knows them; or what is wrong.
std::string networks(const std::string& local_subnets, const std::string& remote_subnets)
{
    const auto loaded = load({{"t.toml", file(local_subnets, remote_subnets)}});
    std::string text;
    for (const auto& d : loaded.diagnostics) text += d.message + "\n";
    if (!loaded.config) return text;
    const auto& c = loaded.config->connections.at(0);
    for (const auto& subnet : c.local_subnets) text += subnet.text() + " ";
    text += ">";
    for (const auto& subnet : c.remote_subnets) text += " " + subnet.text();
    return text;
}

TEST(LoadNat, ReadsBothTables)
{
    const auto loaded = load({{"t.toml", file("[]", "[\"10.20.0.0/16\"]")}});
    ASSERT_TRUE(loaded.config);
    const auto ours = *IpPrefix::parse("10.0.0.0/24");
    EXPECT_EQ(loaded.config->connections.at(0).nat, (ConnectionNat{{{ours, *IpPrefix::parse("100.64.0.0/24")}},
                                                                   {{ours, *IpPrefix::parse("100.65.0.0/24")}}}));
}

TEST(LoadNat, KnowsWhereTheNetworksAreWrittenThatItMakesUp)
{
    const auto loaded = load({{"t.toml", file("[]", "[\"10.20.0.0/16\"]")}});
    ASSERT_EQ(loaded.stand_ins.size(), 1u) << "what the peer sees in place of ours is none";
    const auto& stand_in = loaded.stand_ins[0];
    EXPECT_EQ(stand_in.connection.value, "a");
    EXPECT_EQ(stand_in.mapping.virt, *IpPrefix::parse("100.65.0.0/24"));
    EXPECT_EQ(*stand_in.pos.file, "t.toml");
    EXPECT_EQ(stand_in.pos.line, 12u);
    EXPECT_EQ(stand_in.pos.column, 28u);
    EXPECT_EQ(stand_in.length, 15u);
}

TEST(LoadNat, ABackupHasNoMadeUpNetworksOfItsOwnAndAFileWithErrorsHasNone)
{
    const auto good = file("[]", "[\"10.20.0.0/16\"]") + "[connection.backup]\npeer = \"198.51.100.8\"\n";
    const auto loaded = load({{"t.toml", good}});
    ASSERT_TRUE(loaded.config) << render(loaded.diagnostics, {}, false);
    ASSERT_EQ(loaded.config->connections.size(), 2u);
    EXPECT_EQ(loaded.stand_ins.size(), 1u);
    EXPECT_TRUE(load({{"t.toml", good + "peeer = 1\n"}}).stand_ins.empty());
}

TEST(LoadNat, CountsMappedNetworksByWhateverNameTheyAreListed)
{
    const std::string known_here = "10.0.0.0/24 > 100.65.0.0/24";
    EXPECT_EQ(networks("[\"10.0.0.0/24\"]", "[\"10.0.0.0/24\"]"), known_here);
    EXPECT_EQ(networks("[\"100.64.0.0/24\"]", "[\"100.65.0.0/24\"]"), known_here);
    EXPECT_EQ(networks("[]", "[\"10.20.0.0/16\"]"), "10.0.0.0/24 > 10.20.0.0/16 100.65.0.0/24") << "listed by neither";
}

TEST(LoadNat, WhatRulesShowThePeerCountsAmongOurNetworks)
{
    const auto loaded = load(
        {{"t.toml", "[gateway]\nuplink = \"wan0\"\n[[connection]]\nname = \"a\"\npeer = \"198.51.100.7\"\n"
                    "mode = \"policy\"\npsk = { file = \"/k\" }\nremote_subnets = [\"10.20.0.0/16\"]\n"
                    "[[connection.nat.rules]]\nfrom = \"local\"\nsource = [\"10.1.0.0/16\", \"10.3.0.0/16\"]\n"
                    "source_to = \"100.64.0.1-100.64.0.2\"\n"
                    "[[connection.nat.rules]]\nfrom = \"remote\"\ndestination = \"100.64.0.2/32\"\nprotocol = \"tcp\"\n"
                    "port = \"80-90\"\ndestination_to = \"10.1.0.80\"\n"}});
    ASSERT_TRUE(loaded.config) << render(loaded.diagnostics, {}, false);
    const auto& c = loaded.config->connections.at(0);
    std::string subnets;
    for (const auto& subnet : c.local_subnets) subnets += subnet.text() + " ";
    EXPECT_EQ(subnets, "100.64.0.1/32 100.64.0.2/32 ");
    ASSERT_EQ(c.nat.rules.size(), 2u);
    EXPECT_EQ(networks_text(c.nat.rules[0].source), "10.1.0.0/16, 10.3.0.0/16");
    EXPECT_EQ(service_text(c.nat.rules[1]), "tcp/80-90");
}

} // namespace
} // namespace linkspan::config
