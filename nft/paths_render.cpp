#include "nft/paths_render.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace linkspan::nft {
namespace {

constexpr std::array<std::string_view, 6> chain_order{"prerouting", "output",      "rerouted",
                                                      "forward",    "postrouting", "translated"};

constexpr Path other(Path path)
{
    return path == Path::Primary ? Path::Backup : Path::Primary;
}

std::string session_set(Path path, bool has_link)
{
    return std::string{path == Path::Primary ? "by_primary_" : "by_backup_"} + (has_link ? "link" : "sa");
}

std::string hex(std::uint32_t value)
{
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "0x%08x", value);
    return text.data();
}

/// The bits of others stay as they are.
std::string set_mark(Mark mark)
{
    return "meta mark set meta mark & " + hex(~path_mask) + " | " + hex(mark.value);
}

std::string list_of(const PathEnds& ends, bool links)
{
    std::string list;
    const auto append = [&](const std::string& element) { list += (list.empty() ? "" : ", ") + element; };
    for (const auto& link : ends.links)
        if (links) append("\"" + link.value + "\"");
    for (const auto reqid : ends.sas)
        if (!links) append(std::to_string(reqid.value));
    return list.empty() ? list : "{ " + list + " }";
}

/// What a session's question came in by is noted with each of them, so a session that the peer moves to the other tunnel
/// is answered there from then on.
void note_questions(const std::string& from, Path path, bool has_link, std::vector<Rule>& all)
{
    all.push_back(rule_of("prerouting", from + " ct direction original delete @" + session_set(other(path), has_link) +
                                            " { ct id } update @" + session_set(path, has_link) + " { ct id }"));
}

std::string answers(Path path, bool has_link)
{
    return "ct direction reply ct id @" + session_set(path, has_link) + " ";
}

/// Only what the main table sends into one of a connection's two tunnels is given the choice of the other. `out`: how that
/// is found out, for answers that are forwarded or the gateway's own.
void choose_links(const Paths& paths, std::vector<Rule>& all)
{
    for (const auto& [path, ends] : paths.ends) {
        const auto here = paths.ends.find(other(path));
        const auto carried = here == paths.ends.end() ? std::string{} : list_of(here->second, true);
        if (carried.empty()) continue;
        const auto choose = answers(path, true);
        const auto mark = set_mark(link_path(path));
        all.push_back(rule_of("prerouting", choose + "fib daddr oifname " + carried + " " + mark));
        all.push_back(rule_of("output", choose + "oifname " + carried + " " + mark));
    }
}

/// In policy mode the mark finds the policies of the tunnel that a packet came by, and those that answer by it.
void choose_sas(Path path, const std::string& sas, std::vector<Rule>& all)
{
    const auto mark = set_mark(policy_path(path));
    all.push_back(rule_of("prerouting", "ipsec in reqid " + sas + " " + mark));
    for (const std::string chain : {"prerouting", "output"}) all.push_back(rule_of(chain, answers(path, false) + mark));
}

/// For answers whose source is translated (their session was begun to another address) the kernel looks for a policy
/// anew once that is done, so they have their mark once more, around everybody's source NAT.
void choose_translated_sas(Path path, std::vector<Rule>& all)
{
    all.push_back(rule_of("postrouting", "ct status dnat " + answers(path, false) + set_mark(policy_path(path))));
}

/// Its way is chosen: what comes after sees the mark as it was.
void clear(std::vector<Rule>& all)
{
    for (const std::string chain : {"rerouted", "forward", "translated"})
        all.push_back(
            rule_of(chain, "meta mark & " + hex(path_mask) + " != 0 meta mark set meta mark & " + hex(~path_mask)));
}

constexpr std::string_view wipe = "add table inet linkspan_paths\ndelete table inet linkspan_paths\n";

std::string whole_table(const Paths& paths)
{
    std::string text{wipe};
    text += "table inet linkspan_paths {\n";
    for (const auto& set : session_sets())
        text +=
            "\tset " + set + " {\n\t\ttypeof ct id\n\t\tsize 65536\n\t\tflags dynamic,timeout\n\t\ttimeout 1h\n\t}\n";
    const auto all = rules(paths);
    text += chain_text("prerouting", "filter hook prerouting priority -90", all);
    text += chain_text("output", "route hook output priority -90", all);
    text += chain_text("rerouted", "filter hook output priority -89", all);
    text += chain_text("forward", "filter hook forward priority -400", all);
    text += chain_text("postrouting", "filter hook postrouting priority 99", all);
    text += chain_text("translated", "filter hook postrouting priority 101", all);
    return text + "}\n";
}

std::string other_rules(const Paths& paths)
{
    std::string text;
    for (const auto& chain : chain_order) text += "flush chain inet linkspan_paths " + std::string{chain} + "\n";
    for (const auto& rule : rules(paths))
        text += "add rule inet linkspan_paths " + rule.chain + " " + rule.text + " comment \"" + rule.comment + "\"\n";
    return text;
}

} // namespace

std::vector<std::string> session_sets()
{
    std::vector<std::string> names;
    for (const bool has_link : {true, false})
        for (const auto path : both_paths) names.push_back(session_set(path, has_link));
    return names;
}

std::vector<Rule> rules(const Paths& paths)
{
    std::vector<Rule> all;
    for (const auto& [path, ends] : paths.ends) {
        const auto links = list_of(ends, true), sas = list_of(ends, false);
        if (!links.empty()) note_questions("iifname " + links, path, true, all);
        if (sas.empty()) continue;
        note_questions("ipsec in reqid " + sas, path, false, all);
        choose_sas(path, sas, all);
        choose_translated_sas(path, all);
    }
    choose_links(paths, all);
    clear(all);
    std::ranges::stable_sort(
        all, {}, [](const Rule& rule) { return std::ranges::find(chain_order, rule.chain) - chain_order.begin(); });
    return all;
}

std::string render(const Op<Paths>& op)
{
    if (op.verb == Verb::Delete) return std::string{wipe};
    return op.verb == Verb::Update ? other_rules(op.spec) : whole_table(op.spec);
}

} // namespace linkspan::nft
