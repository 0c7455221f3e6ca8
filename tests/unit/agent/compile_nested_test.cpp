#include "agent/compile_nested.h"

#include "agent/compile.h"
#include "config/derive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::agent {
namespace {

using testing::IsEmpty;

IpAddress ip(const char* text)
{
    return IpAddress::parse(text).value();
}

config::Connection by_link(const char* name, const char* peer, const char* inside)
{
    config::Connection c{.name = {name}, .id = id_of_name(name), .interface = config::Interface::Xfrm};
    c.device = {std::string{"ls-"} + name};
    c.peer = ip(peer);
    c.tunnel_addresses = {IpInterface::parse(inside).value()};
    c.esp_proposals = {Proposal{"aes256gcm16", {8, 16, 4}}};
    return c;
}

config::Config inside_hub()
{
    auto hub = by_link("hub", "198.51.100.7", "169.254.21.2/30");
    auto backup = by_link("hub+backup", "192.0.2.7", "169.254.22.2/30");
    hub.backup = backup.name;
    backup.backup_of = hub.name;
    auto inner = by_link("inner", "169.254.21.1", "169.254.23.2/30");
    inner.through = hub.name;
    inner.local_address = ip("169.254.21.2");
    return {.gateway = {.uplink = {"wan0"}}, .connections = {hub, backup, inner}};
}

Facts with_paths()
{
    Facts facts;
    facts.uplink_address[Family::V4] = ip("203.0.113.10");
    for (const auto* peer : {"198.51.100.7", "192.0.2.7", "169.254.21.1"})
        facts.peer_paths[ip(peer)] = {{"wan0"}, ip("203.0.113.1"), false};
    return facts;
}

/// Where the kernel would send what is for that one address, in the order of its choice.
std::vector<std::string> ways_to(const Desired& desired, const char* address)
{
    std::map<std::uint32_t, std::string> by_metric;
    for (const auto& route : desired.routes)
        if (route.destination == IpPrefix::host(ip(address)) && route.table == route::main_table)
            by_metric[route.metric] = route.type == route::RouteType::Unreachable ? "unreachable" : route.link.value;
    std::vector<std::string> ways;
    for (const auto& [metric, way] : by_metric) ways.push_back(way);
    return ways;
}

TEST(CompileNested, ThePeerIsReachedByTheTunnelThatCarriesAndElseNotAtAll)
{
    const auto config = inside_hub();
    auto facts = with_paths();
    EXPECT_EQ(ways_to(compile(config, facts), "169.254.21.1"),
              (std::vector<std::string>{"ls-hub", "ls-hub+backup", "unreachable"}));
    facts.on_backup = {{"hub"}};
    EXPECT_EQ(ways_to(compile(config, facts), "169.254.21.1"),
              (std::vector<std::string>{"ls-hub+backup", "ls-hub", "unreachable"}));
    EXPECT_EQ(ways_to(compile(config, facts), "198.51.100.7"), std::vector<std::string>{"wan0"});
}

TEST(CompileNested, TheWallKnowsBothLinksOfWhatBears)
{
    const auto nested = compile(inside_hub(), with_paths()).nft.nested;
    const nft::Nested wanted{{{"hub"}, {id_of_name("hub"), {{"ls-hub"}, {"ls-hub+backup"}}, {ip("169.254.21.1")}}}};
    EXPECT_EQ(nested, wanted);
}

TEST(CompileNested, ADisabledConnectionIsBorneByNobody)
{
    auto config = inside_hub();
    config.connections.back().enabled = false;
    EXPECT_THAT(compile_nested(config), IsEmpty());
}

TEST(CompileNested, ItsLinkIsSmallerByOneMoreEncryption)
{
    const auto config = inside_hub();
    const auto links = compile(config, with_paths()).links;
    EXPECT_EQ(links.at({"ls-inner"}).mtu, config::link_mtu(config.connections.back(), links.at({"ls-hub"}).mtu));
    EXPECT_LT(links.at({"ls-inner"}).mtu, links.at({"ls-hub"}).mtu);
}

} // namespace
} // namespace linkspan::agent
