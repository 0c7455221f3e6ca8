#include "agent/copy_repair.h"

#include <algorithm>

namespace linkspan::agent {
namespace {

bool is_missing(const ike::IkeSa& sa, const std::set<xfrm::StateKey>& missing)
{
    return std::ranges::any_of(sa.children, [&](const ike::ChildSa& child) {
        return ike::is_up(child) &&
               (missing.contains({sa.local, child.spi_in}) || missing.contains({sa.remote, child.spi_out}));
    });
}

} // namespace

Rekeying CopyRepair::look(const std::set<xfrm::StateKey>& missing, const ike::SaView& sas, Monotonic now)
{
    std::erase_if(entries_, [&](const auto& item) { return now - item.second.due > item.second.wait; });
    Rekeying orders;
    std::size_t room = at_once;
    for (const auto& sa : sas) {
        if (sa.state != ike::IkeState::Established || room == 0) continue;
        const auto known = entries_.find(sa.connection);
        const bool begun = known != entries_.end() && known->second.children_next;
        if ((!begun && !is_missing(sa, missing)) || (known != entries_.end() && now < known->second.due)) continue;
        --room;
        auto& entry = entries_[sa.connection];
        entry.children_next = !begun;
        if (!begun) {
            orders.ikes.push_back(sa.unique_id);
            entry.due = now + between;
            continue;
        }
        for (const auto& child : sa.children)
            if (ike::is_up(child)) orders.children.push_back(child.unique_id);
        entry.due = now + entry.wait;
        entry.wait = std::min<Monotonic::duration>(2 * entry.wait, longest_pause);
    }
    return orders;
}

} // namespace linkspan::agent
