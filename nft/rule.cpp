#include "nft/rule.h"

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

} // namespace

Rule rule_of(std::string chain, std::string text)
{
    auto comment = "linkspan " + hash_of(text);
    return {std::move(chain), std::move(text), std::move(comment)};
}

std::string chain_text(std::string_view name, std::string_view hook, const std::vector<Rule>& rules)
{
    auto text = "\tchain " + std::string{name} + " {\n";
    if (!hook.empty()) text += "\t\ttype " + std::string{hook} + "; policy accept;\n";
    for (const auto& rule : rules)
        if (rule.chain == name) text += "\t\t" + rule.text + " comment \"" + rule.comment + "\"\n";
    return text + "\t}\n";
}

} // namespace linkspan::nft
