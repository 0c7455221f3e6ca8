#pragma once

#include "base/egress_rule.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace linkspan::egress {

/// Finds the rules that a name falls under, in as many steps as it has labels, however many rules there are.
class RuleIndex {
public:
    /// So many rules are to come.
    void reserve(std::size_t rules);
    /// `rule` is whatever number the caller knows its rules by. The pattern's name is not copied: it outlives this.
    void add(const NamePattern& pattern, std::uint32_t rule);

    /// The more specific first: the name itself, then what is below its nearest parent, and so on up to "*"; among equals
    /// in the order they were added.
    [[nodiscard]] std::vector<std::uint32_t> matches(const DnsName& name) const;

private:
    /// Those of one name, each with the next one's place.
    struct Entry {
        std::uint32_t rule = 0;
        std::uint32_t next = 0; ///< its own: there is none
    };
    struct Chain {
        std::uint32_t first = 0;
        std::uint32_t last = 0;
    };
    using Names = std::unordered_map<std::string_view, Chain>;
    std::vector<Entry> entries_;
    Names exact_;
    Names below_; ///< by the apex; the empty one is "*"
};

} // namespace linkspan::egress
