#pragma once

#include "nft/rules_spec.h"

#include <string>
#include <vector>

namespace linkspan::nft {

/// What stands in the chains of one connection, in nft's language.

/// The rules for the destinations of sessions begun here (or there), in prerouting and output.
[[nodiscard]] std::vector<std::string> destination_rules(const RuleSet& set, bool from_here);
/// The rules for the sources, in postrouting, where a destination may have been translated already.
[[nodiscard]] std::vector<std::string> source_rules(const RuleSet& set, bool from_here);
/// What lets packets of the connection's own tunnels alone go on in `target`: out of them, or into them.
[[nodiscard]] std::vector<std::string> gate(const Ends& ends, bool out, const std::string& target);

/// "{ 10.1.0.0/16, 10.3.0.0/16 }"
[[nodiscard]] std::string in_braces(const std::vector<std::string>& elements);

} // namespace linkspan::nft
