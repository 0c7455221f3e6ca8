#pragma once

#include "config/draft.h"

#include <memory>
#include <string>

namespace linkspan::config {

/// Where in which file.
struct Place {
    std::shared_ptr<const std::string> file = {};
    Span span = {};
};

void add_error(Diagnostics& diagnostics, const Place& at, std::string message, std::string help);
void add_warning(Diagnostics& diagnostics, const Place& at, std::string message, std::string help);

/// [egress] as a whole: its settings with each other, then all below. Every check is O(n log n) in the number of rules.
void check_egress(const Draft& draft, Diagnostics& diagnostics);

/// Between tags: names, how many rules there are, and how many kinds.
void check_egress_tags(const EgressDraft& draft, Diagnostics& diagnostics);

/// Between rules: those that never decide anything, and those that do more than they look.
void check_egress_rules(const EgressDraft& draft, Diagnostics& diagnostics);

/// Names that are denied to hosts of `default = "allow"`: nothing would hold them back, so they are an error.
void check_egress_denials(const EgressDraft& draft, Diagnostics& diagnostics);

/// Policies: the tags they name, their sources with each other and with the connections.
void check_egress_policies(const Draft& draft, Diagnostics& diagnostics);

} // namespace linkspan::config
