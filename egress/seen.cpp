#include "egress/seen.h"

#include <utility>

namespace linkspan::egress {

void Seen::note(const IpAddress& client, const IpAddress& address, std::shared_ptr<const DnsName> name)
{
    const Pair pair{client, address};
    if (const auto known = entries_.find(pair); known != entries_.end()) {
        known->second.name = std::move(name);
        turns_.splice(turns_.end(), turns_, known->second.turn);
        return;
    }
    if (entries_.empty()) entries_.reserve(most_ + 1); // not to grow while somebody waits
    turns_.push_back(pair);
    entries_[pair] = {std::move(name), std::prev(turns_.end())};
    if (entries_.size() <= most_) return;
    entries_.erase(turns_.front());
    turns_.pop_front();
}

std::optional<DnsName> Seen::name_of(const IpAddress& client, const IpAddress& address) const
{
    const auto found = entries_.find({client, address});
    return found == entries_.end() ? std::nullopt : std::optional{*found->second.name};
}

} // namespace linkspan::egress
