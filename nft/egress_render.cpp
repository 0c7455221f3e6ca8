#include "nft/egress_render.h"

#include <fmt/format.h>

namespace linkspan::nft {
namespace {

std::string type_in(const std::string& set)
{
    return set.ends_with('4') ? "ipv4_addr" : "ipv6_addr";
}

std::string chain_head(const EgressChain& chain)
{
    if (chain.hook.empty()) return fmt::format("add chain inet {} {}\n", egress_table, chain.name);
    return fmt::format("add chain inet {} {} {{ type {}; policy accept; }}\n", egress_table, chain.name, chain.hook);
}

} // namespace

std::string render_sets(const EgressTable& table, const EgressChanges& changes)
{
    std::string text;
    for (const auto& set : changes.fresh_sets)
        text += fmt::format("add set inet {} {} {{ type {}; flags interval; }}\n", egress_table, set, type_in(set));
    for (const auto& set : changes.fresh_pin_sets)
        text += fmt::format("add set inet {0} {1} {{ type {2} . {2}; flags timeout; size {3}; }}\n", egress_table, set,
                            type_in(set), table.set_size);
    return text.empty() ? text : fmt::format("add table inet {}\n", egress_table) + text;
}

std::string render_chains(const EgressTable& table, const EgressChanges& changes)
{
    std::string text;
    if (!changes.chains || !table.script) return text;
    text +=
        fmt::format("add counter inet {} {}\n", egress_table, egress_answers_counter); // one that is there counts on
    for (const auto& chain : *table.script) text += chain_head(chain);
    for (const auto& chain : *table.script) text += fmt::format("flush chain inet {} {}\n", egress_table, chain.name);
    for (const auto& name : changes.gone_chains) text += fmt::format("flush chain inet {} {}\n", egress_table, name);
    for (const auto& chain : *table.script)
        for (const auto& rule : chain.rules)
            text += fmt::format("add rule inet {} {} {} comment \"{}\"\n", egress_table, chain.name, rule,
                                comment_of(rule));
    for (const auto& name : changes.gone_chains) text += fmt::format("delete chain inet {} {}\n", egress_table, name);
    return text;
}

std::string render_gone(const EgressChanges& changes)
{
    std::string text;
    for (const auto& set : changes.gone_sets) text += fmt::format("delete set inet {} {}\n", egress_table, set);
    return text;
}

std::string render_delete_egress()
{
    return fmt::format("add table inet {0}\ndelete table inet {0}\n", egress_table);
}

} // namespace linkspan::nft
