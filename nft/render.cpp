#include "nft/render.h"

#include <cstdint>
#include <cstdio>

namespace linkspan::nft {
namespace {

/// FNV-1a, 32 bit: short enough for a comment, and nobody is trying to fool it.
std::string hash_of(std::string_view text)
{
    std::uint32_t hash = 0x811c'9dc5;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x0100'0193;
    char digits[9];
    std::snprintf(digits, sizeof digits, "%08x", hash);
    return digits;
}

/// Both directions: a SYN that came out of a tunnel announces what may be sent into it. The kernel only ever lowers an
/// MSS here, so of the rules that match the smallest value wins.
std::vector<Rule> make_rules()
{
    std::vector<Rule> all;
    for (const std::string value : {"map @mss", "rt mtu"})
        for (const std::string side : {"iif", "oif"}) {
            const bool mapped = value.starts_with("map");
            Rule rule;
            rule.text = side + "group " + std::to_string(link_group) + " tcp flags & (syn | rst) == syn" +
                        " tcp option maxseg size set " + (mapped ? side + "name " : "") + value;
            rule.comment = "linkspan " + hash_of(rule.text);
            all.push_back(std::move(rule));
        }
    return all;
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
    text += "\t}\n"
            "\tchain forward {\n"
            "\t\ttype filter hook forward priority mangle; policy accept;\n";
    for (const auto& rule : rules()) text += "\t\t" + rule.text + " comment \"" + rule.comment + "\"\n";
    return text + "\t}\n}\n";
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

const std::vector<Rule>& rules()
{
    static const auto all = make_rules();
    return all;
}

std::string render(const Op<Spec>& op)
{
    if (op.verb == Verb::Delete) return std::string{clear};
    if (op.verb == Verb::Update && op.before) return changed_elements(*op.before, op.spec);
    return whole_table(op.spec);
}

} // namespace linkspan::nft
