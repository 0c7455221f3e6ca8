#pragma once

#include "base/egress_rule.h"
#include "base/ip.h"

#include <compare>
#include <string>
#include <vector>

namespace linkspan::egress {

/// A named list of rules, as a person keeps it for a purpose.
struct Tag {
    std::string name = {};
    std::vector<EgressRule> allow = {};
    std::vector<EgressRule> deny = {};
    auto operator<=>(const Tag&) const = default;
};

/// Who may use what is tagged so. A host in several of these may use the tags of all of them.
struct Attachment {
    std::vector<IpPrefix> sources = {};
    std::vector<std::string> tags = {};
    auto operator<=>(const Attachment&) const = default;
};

struct Spec {
    std::vector<Tag> tags = {};
    std::vector<Attachment> attachments = {};
    auto operator<=>(const Spec&) const = default;
};

} // namespace linkspan::egress
