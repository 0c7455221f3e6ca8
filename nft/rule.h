#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace linkspan::nft {

/// A rule of a chain, with a comment that names its own text by a hash. The kernel gives the comment back as it is, while
/// every nft version prints the rule itself a little differently.
struct Rule {
    std::string chain = {};
    std::string text = {};
    std::string comment = {};
};

[[nodiscard]] Rule rule_of(std::string chain, std::string text);

/// A chain on a hook, as nft's language would say it.
struct Base {
    std::string_view name = {};
    std::string_view type = {};
    std::string_view hook = {};
    int priority = 0;
};

/// As nft writes a chain. `hook`: empty for a chain that others jump to.
[[nodiscard]] std::string chain_text(std::string_view name, std::string_view hook, const std::vector<Rule>& rules);

} // namespace linkspan::nft
