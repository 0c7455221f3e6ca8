#pragma once

#include "base/egress_rule.h"

#include <map>
#include <span>
#include <variant>
#include <vector>

namespace linkspan::config {

using EgressTarget = std::variant<NamePattern, IpPrefix>;

/// Every packet of `inner` is one of `outer`.
[[nodiscard]] bool covers(const Service& outer, const Service& inner);
/// Some packet is of both.
[[nodiscard]] bool meet(const Service& a, const Service& b);

/// The target itself, and all that contain it, wider and wider: "a.example.com", "*.example.com", "*.com", "*".
[[nodiscard]] std::vector<EgressTarget> covers_of(const EgressTarget& target);

/// Rules by what they are about. Keeps pointers to the rules it is given.
class RulesByTarget {
public:
    void add(std::span<const EgressRule> rules);
    /// A rule that covers all of this one and is not itself; of several the narrowest. Nullptr where there is none. Of two
    /// equal ones the later is covered by the earlier.
    [[nodiscard]] const EgressRule* covering(const EgressRule& rule) const;
    /// The rules whose targets contain this one's and that have a service in common with it.
    [[nodiscard]] std::vector<const EgressRule*> around(const EgressRule& rule) const;

private:
    std::map<EgressTarget, std::vector<const EgressRule*>> rules_;
};

} // namespace linkspan::config
