#include "nft/egress_table.h"

#include "nft/egress_chains.h"

#include <fmt/format.h>

#include <algorithm>

namespace linkspan::nft {
namespace {

void add_set(EgressTable& table, const std::string& stem, std::span<const IpPrefix> networks)
{
    for (const auto family : {Family::V4, Family::V6}) table.sets[set_name(stem, family)] = ranges_of(networks, family);
}

void add_tags(const Egress& egress, EgressTable& table)
{
    for (const auto& [tag, networks] : egress.tags) {
        add_set(table, tag_stem(tag), networks.sources);
        for (const auto& [service, destinations] : networks.allow)
            add_set(table, service_stem(tag, false, service), destinations);
        for (const auto& [service, destinations] : networks.deny)
            add_set(table, service_stem(tag, true, service), destinations);
    }
}

std::vector<std::string> shape_of(const std::vector<EgressChain>& chains)
{
    std::vector<std::string> lines, rules;
    for (const auto& chain : chains) {
        const auto hook = chain.hook.empty() ? Hook{} : hook_of(chain);
        lines.push_back(egress_chain_line(chain.name, chain.hook.empty() ? nullptr : &hook));
    }
    std::ranges::sort(lines);
    auto sorted = chains;
    std::ranges::sort(sorted, {}, &EgressChain::name);
    for (const auto& chain : sorted)
        for (const auto& rule : chain.rules) lines.push_back("rule " + chain.name + ": " + comment_of(rule));
    return lines;
}

/// One number alone could be that of two texts.
std::string digest_of(const std::string& text)
{
    return fmt::format("{:07x}{:07x}", fold_of(text), fold_of(text, 1));
}

} // namespace

std::string set_name(const std::string& stem, Family family)
{
    return stem + (family == Family::V4 ? "4" : "6");
}

std::string pin_set(const std::string& pin_class, Family family)
{
    return set_name("pins_" + pin_class + "_", family);
}

std::string tag_stem(const std::string& tag)
{
    return "t" + digest_of(tag) + "_src";
}

std::string service_stem(const std::string& tag, bool deny, const Service& service)
{
    return fmt::format("t{}_{}_{}_", digest_of(tag), deny ? "deny" : "allow", digest_of(service.text()));
}

std::string pass_stem(const PassThrough& pass, bool destinations)
{
    std::string text;
    for (const auto& source : pass.sources) text += source.text() + " ";
    return fmt::format("pass{}_{}", digest_of(text), destinations ? "dst" : "src");
}

std::string comment_of(const std::string& rule)
{
    return "linkspan " + digest_of(rule);
}

std::string egress_chain_line(const std::string& name, const Hook* hook)
{
    if (!hook) return "chain " + name;
    return fmt::format("chain {} {} hook {} priority {}{}", name, hook->type, hook->number, hook->priority,
                       hook->accepts ? "" : " drop");
}

EgressTable table_of(const Egress& egress)
{
    EgressTable table;
    if (egress.sources.empty()) return table;
    table.present = true;
    table.set_size = egress.set_size;
    std::vector<IpPrefix> resolvers;
    for (const auto& resolver : egress.resolvers) resolvers.push_back(IpPrefix::host(resolver));
    add_set(table, "sources", egress.sources);
    add_set(table, "resolvers", resolvers);
    add_set(table, "doh", egress.refused_doh);
    add_set(table, "unchecked", egress.unchecked);
    for (const auto family : {Family::V4, Family::V6})
        table.sets[set_name("open", family)] = ranges_by_longest(egress.open, family);
    for (const auto& pass : egress.pass) {
        add_set(table, pass_stem(pass, false), pass.sources);
        add_set(table, pass_stem(pass, true), pass.destinations);
    }
    add_tags(egress, table);
    for (const auto& pin_class : egress.classes)
        for (const auto family : {Family::V4, Family::V6}) table.pin_sets.insert(pin_set(pin_class.name, family));
    auto chains = egress_chains(egress);
    for (const auto& chain : chains) table.chains.insert(chain.name);
    table.shape = shape_of(chains);
    table.script = std::make_shared<const std::vector<EgressChain>>(std::move(chains));
    return table;
}

} // namespace linkspan::nft
