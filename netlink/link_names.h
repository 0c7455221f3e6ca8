#pragma once

#include "base/error.h"
#include "base/ids.h"

#include <functional>
#include <unordered_map>

namespace linkspan::netlink {

/// Link names by index and indexes by name, asked once each and remembered: links come and go, so it lives for one
/// observation or one round of changes.
class LinkNames {
public:
    struct Source {
        std::function<Result<IfIndex>(const LinkName&)> index_of = {};
        std::function<Result<LinkName>(IfIndex)> name_of = {};
    };

    explicit LinkNames(Source source) : source_(std::move(source)) {}
    /// The links of the network namespace this thread is in now.
    [[nodiscard]] static LinkNames of_kernel();

    /// NotFound where there is no such link.
    [[nodiscard]] Result<IfIndex> index_of(const LinkName& name);
    /// Empty where there is no such link, or none any more.
    [[nodiscard]] const LinkName& name_of(IfIndex index);

private:
    Source source_;
    std::unordered_map<LinkName, IfIndex> indexes_;
    std::unordered_map<IfIndex, LinkName> names_;
};

} // namespace linkspan::netlink
