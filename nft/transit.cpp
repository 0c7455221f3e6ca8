#include "nft/transit.h"

#include <cstdio>

namespace linkspan::nft {
namespace {

const std::string our_reqids =
    "reqid " + std::to_string(connection_id_first) + "-" + std::to_string(pair_reqid_last) + " ";
const std::string our_links = "group " + std::to_string(link_group) + " ";

/// "from_1abc2345": whoever sees the id in `ip xfrm` knows the chain.
std::string chain_of(ConnectionId id)
{
    char name[16];
    std::snprintf(name, sizeof name, "from_%08x", id.value);
    return name;
}

std::string in_braces(const std::string& list)
{
    return "{ " + list + " }";
}

void append(std::string& list, const std::string& element)
{
    list += (list.empty() ? "" : ", ") + element;
}

std::string quoted(const LinkName& link)
{
    return "\"" + link.value + "\"";
}

void accept_into(const Ends& ends, const std::string& condition, std::vector<std::string>& rules)
{
    std::string links, reqids;
    for (const auto& link : ends.links) append(links, quoted(link));
    for (const auto reqid : ends.reqids) append(reqids, std::to_string(reqid.value));
    if (!links.empty()) rules.push_back(condition + "oifname " + in_braces(links) + " accept");
    if (!reqids.empty()) rules.push_back(condition + "ipsec out reqid " + in_braces(reqids) + " accept");
}

TransitChain chain_from(ConnectionId id, const Transit& transit)
{
    TransitChain chain{.name = chain_of(id)};
    accept_into(transit.begins, "", chain.rules);
    accept_into(transit.answers, "ct direction reply ", chain.rules);
    chain.rules.push_back("counter drop");
    return chain;
}

/// By the link first: what comes out of a tunnel inside a tunnel belongs to the inner one, and bears the SAs of both.
TransitChain dispatcher(const Transits& transits)
{
    std::string by_link, by_reqid;
    for (const auto& [id, transit] : transits) {
        for (const auto& link : transit.from.links) append(by_link, quoted(link) + " : goto " + chain_of(id));
        for (const auto reqid : transit.from.reqids)
            append(by_reqid, std::to_string(reqid.value) + " : goto " + chain_of(id));
    }
    TransitChain chain{.name = "between"};
    if (!by_link.empty()) chain.rules.push_back("iifname vmap " + in_braces(by_link));
    chain.rules.push_back("iif" + our_links + "counter drop");
    if (!by_reqid.empty()) chain.rules.push_back("ipsec in reqid vmap " + in_braces(by_reqid));
    chain.rules.push_back("counter drop");
    return chain;
}

} // namespace

std::vector<TransitChain> transit_chains(const Transits& transits)
{
    std::vector<TransitChain> chains;
    for (const auto& [id, transit] : transits) chains.push_back(chain_from(id, transit));
    chains.push_back(dispatcher(transits));
    chains.push_back({.name = "from_connection",
                      .rules = {"oif" + our_links + "goto between", "ipsec out " + our_reqids + "goto between"}});
    chains.push_back(
        {.name = "transit",
         .hook = "filter hook forward priority -149",
         .rules = {"iif" + our_links + "jump from_connection", "ipsec in " + our_reqids + "jump from_connection"}});
    return chains;
}

std::string describe(const Transits& transits)
{
    std::string text;
    for (const auto& [id, transit] : transits) {
        std::string into;
        for (const auto& name : transit.into) append(into, name.value);
        if (!into.empty()) text += (text.empty() ? "" : "; ") + transit.name.value + " -> " + into;
    }
    return text.empty() ? "none" : text;
}

} // namespace linkspan::nft
