#include "nft/render.h"

#include "nft/nested.h"
#include "nft/origin.h"
#include "nft/transit.h"

#include <algorithm>
#include <iterator>

namespace linkspan::nft {
namespace {

constexpr std::string_view syn = "tcp flags & (syn | rst) == syn ";

void add(std::vector<Rule>& rules, std::string chain, std::string text)
{
    rules.push_back(rule_of(std::move(chain), std::move(text)));
}

/// Both directions: a SYN that came out of a tunnel announces what may be sent into it. The kernel only ever lowers an
/// MSS here, so of the rules that match the smallest value wins.
void clamp_links(std::vector<Rule>& rules)
{
    for (const std::string value : {"map @mss", "rt mtu"})
        for (const std::string side : {"iif", "oif"}) {
            const bool mapped = value.starts_with("map");
            add(rules, "forward",
                side + "group " + std::to_string(link_group) + " " + std::string{syn} + "tcp option maxseg size set " +
                    (mapped ? side + "name " : "") + value);
        }
}

/// nft before 1.1 takes no `ipsec` as the key of a map in a statement, so there is a rule for each value.
void clamp_sas(const Spec& spec, std::vector<Rule>& rules)
{
    std::map<std::uint16_t, std::string> by_mss;
    for (const auto& [reqid, mss] : spec.policy_mss) {
        auto& list = by_mss[mss];
        list += (list.empty() ? "" : ", ") + std::to_string(reqid.value);
    }
    for (const auto& [mss, list] : by_mss)
        for (const std::string way : {"in", "out"})
            add(rules, "forward",
                std::string{syn} + "ipsec " + way + " reqid { " + list + " } tcp option maxseg size set " +
                    std::to_string(mss));
}

/// What our SAs protect keeps its source: after a translation the kernel would look for a policy again, find none for the
/// new source and send in the clear. The first binding of a flow is the last, so whoever masquerades comes too late.
void keep_sources(std::vector<Rule>& rules)
{
    const auto ours = "ipsec out reqid " + std::to_string(connection_id_first) + "-" + std::to_string(pair_reqid_last);
    add(rules, "postrouting", ours + " meta nfproto ipv4 snat ip to ip saddr");
    add(rules, "postrouting", ours + " meta nfproto ipv6 snat ip6 to ip6 saddr");
}

std::string elements(const std::map<LinkName, std::uint16_t>& mss)
{
    std::string text;
    for (const auto& [link, value] : mss)
        text += (text.empty() ? "\"" : ", \"") + link.value + "\" : " + std::to_string(value);
    return text;
}

/// `add` so that the `delete` finds something; nft before 1.0.7 knows no `destroy`.
constexpr std::string_view clear = "add table inet linkspan\ndelete table inet linkspan\n";

std::string whole_table(const Spec& spec)
{
    std::string text{clear};
    text += "table inet linkspan {\n"
            "\tmap mss {\n"
            "\t\ttypeof iifname : tcp option maxseg size\n";
    if (!spec.mss.empty()) text += "\t\telements = { " + elements(spec.mss) + " }\n";
    text += "\t}\n";
    const auto all = rules(spec);
    text += chain_text("forward", "filter hook forward priority mangle", all);
    for (const auto& branch : branches(spec)) text += chain_text(branch.name, branch.hook, all);
    // Before every other source translation but our own, of inet linkspan_rules.
    if (!spec.policy_mss.empty()) text += chain_text("postrouting", "nat hook postrouting priority -198", all);
    return text + "}\n";
}

std::string changed_elements(const Spec& before, const Spec& spec)
{
    std::map<LinkName, std::uint16_t> gone, fresh;
    for (const auto& element : before.mss)
        if (const auto now = spec.mss.find(element.first); now == spec.mss.end() || *now != element)
            gone.insert(element);
    for (const auto& element : spec.mss)
        if (const auto old = before.mss.find(element.first); old == before.mss.end() || *old != element)
            fresh.insert(element);
    std::string text;
    if (!gone.empty()) text += "delete element inet linkspan mss { " + elements(gone) + " }\n";
    if (!fresh.empty()) text += "add element inet linkspan mss { " + elements(fresh) + " }\n";
    return text;
}

} // namespace

std::vector<TransitChain> branches(const Spec& spec)
{
    auto all = transit_chains(spec.transit);
    std::ranges::move(origin_chains(spec.origins), std::back_inserter(all));
    std::ranges::move(nested_chains(spec.nested), std::back_inserter(all));
    return all;
}

std::vector<Rule> rules(const Spec& spec)
{
    std::vector<Rule> all;
    clamp_links(all);
    clamp_sas(spec, all);
    for (const auto& branch : branches(spec))
        for (const auto& rule : branch.rules) add(all, branch.name, rule);
    if (!spec.policy_mss.empty()) keep_sources(all);
    return all;
}

std::string render(const Op<Spec>& op)
{
    if (op.verb == Verb::Delete) return std::string{clear};
    if (op.verb == Verb::Update && op.before) return changed_elements(*op.before, op.spec);
    return whole_table(op.spec);
}

} // namespace linkspan::nft
