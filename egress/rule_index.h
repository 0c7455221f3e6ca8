#pragma once

#include "base/egress_rule.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace linkspan::egress {

/// Finds the rules that a name falls under, in as many steps as it has labels, however many rules there are.
class RuleIndex {
public:
    /// So many rules are to come.
    void reserve(std::size_t rules);
    /// `rule` is whatever number the caller knows its rules by.
    void add(const NamePattern& pattern, std::uint32_t rule);

    /// The more specific first: the name itself, then what is below its nearest parent, and so on up to "*"; among equals
    /// in the order they were added.
    [[nodiscard]] std::vector<std::uint32_t> matches(const DnsName& name) const;

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    using Rules = std::unordered_map<std::string, std::vector<std::uint32_t>, Hash, std::equal_to<>>;
    Rules exact_;
    Rules below_; ///< by the apex; the empty one is "*"
};

} // namespace linkspan::egress
