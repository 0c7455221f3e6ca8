#include "nft/nested.h"

#include <cstdio>
#include <string>

namespace linkspan::nft {
namespace {

std::string chain_of(ConnectionId id)
{
    char name[20];
    std::snprintf(name, sizeof name, "through_%08x", id.value);
    return name;
}

/// What the peer's own port is behind a NAT nobody knows; ours are these.
TransitChain chain_through(const Bearer& bearer)
{
    std::string links;
    for (const auto& link : bearer.links) links += (links.empty() ? "\"" : ", \"") + link.value + "\"";
    return {.name = chain_of(bearer.id),
            .rules = {"oifname { " + links + " } accept", "meta l4proto esp counter drop",
                      "udp sport { 500, 4500 } counter drop"}};
}

} // namespace

std::vector<TransitChain> nested_chains(const Nested& nested)
{
    if (nested.empty()) return {};
    std::vector<TransitChain> chains;
    std::map<Family, std::string> by_peer;
    for (const auto& [name, bearer] : nested) {
        chains.push_back(chain_through(bearer));
        for (const auto& peer : bearer.peers) {
            auto& list = by_peer[peer.family];
            list += (list.empty() ? "" : ", ") + peer.text() + " : goto " + chain_of(bearer.id);
        }
    }
    TransitChain hooked{.name = "nested", .hook = "filter hook output priority -149"};
    for (const auto& [family, list] : by_peer)
        hooked.rules.push_back((family == Family::V4 ? "ip" : "ip6") + std::string{" daddr vmap { "} + list + " }");
    chains.push_back(std::move(hooked));
    return chains;
}

} // namespace linkspan::nft
