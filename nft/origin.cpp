#include "nft/origin.h"

#include <cstdio>
#include <string>

namespace linkspan::nft {
namespace {

const std::string our_links = "iifgroup " + std::to_string(link_group) + " ";

std::string pair_chain(ConnectionId id)
{
    char name[16];
    std::snprintf(name, sizeof name, "pair_%08x", id.value);
    return name;
}

template <typename Range, typename Text>
std::string in_braces(const Range& values, Text text)
{
    std::string list;
    for (const auto& value : values) list += (list.empty() ? "{ " : ", ") + text(value);
    return list + " }";
}

std::string quoted(const LinkName& link)
{
    return "\"" + link.value + "\"";
}

/// An IPv6 link knows its own addresses of link-local scope and nobody else's.
TransitChain others(const Origins& origins)
{
    TransitChain chain{.name = "others"};
    chain.rules = {"fib saddr . iif oif exists accept", "ip6 saddr fe80::/10 accept",
                   "fib saddr oifname \"ls-*\" counter drop"};
    if (!origins.named.empty())
        chain.rules.push_back("fib saddr oifname " + in_braces(origins.named, quoted) + " counter drop");
    for (const auto family : {Family::V4, Family::V6}) {
        std::set<IpPrefix> networks;
        for (const auto& network : origins.without_link)
            if (network.family() == family) networks.insert(network);
        if (networks.empty()) continue;
        chain.rules.push_back(std::string{family == Family::V4 ? "ip" : "ip6"} + " saddr " +
                              in_braces(networks, [](const IpPrefix& network) { return network.text(); }) +
                              " counter drop");
    }
    return chain;
}

} // namespace

std::vector<TransitChain> origin_chains(const Origins& origins)
{
    std::vector<TransitChain> chains{others(origins)};
    TransitChain hooked{.name = "origin", .hook = "filter hook prerouting priority -149"};
    std::string by_link;
    for (const auto& [id, links] : origins.pairs) {
        chains.push_back({.name = pair_chain(id),
                          .rules = {"fib saddr oifname " + in_braces(links, quoted) + " accept", "goto others"}});
        for (const auto& link : links)
            by_link += (by_link.empty() ? "" : ", ") + quoted(link) + " : goto " + pair_chain(id);
    }
    if (!by_link.empty()) hooked.rules.push_back(our_links + "iifname vmap { " + by_link + " }");
    hooked.rules.push_back(our_links + "goto others");
    chains.push_back(std::move(hooked));
    return chains;
}

} // namespace linkspan::nft
