#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "base/ids.h"

#include <unordered_map>

namespace linkspan::netlink {

/// Link names by index and indexes by name, asked of the kernel once each and remembered: links come and go, so it
/// lives for one observation or one round of changes. One network namespace, that of its first question.
class LinkNames {
public:
    /// NotFound where there is no such link.
    [[nodiscard]] Result<IfIndex> index_of(const LinkName& name);
    /// Empty where there is no such link, or none any more.
    [[nodiscard]] const LinkName& name_of(IfIndex index);

private:
    Result<> ensure_open();

    Fd fd_;
    std::unordered_map<LinkName, IfIndex> indexes_;
    std::unordered_map<IfIndex, LinkName> names_;
};

} // namespace linkspan::netlink
