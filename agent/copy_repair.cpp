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

std::size_t CopyRepair::under_way() const
{
    return static_cast<std::size_t>(
        std::ranges::count_if(entries_, [](const auto& item) { return item.second.replaced != 0; }));
}

Rekeying CopyRepair::look(const std::set<xfrm::StateKey>& missing, const ike::SaView& sas, Monotonic now)
{
    std::erase_if(entries_, [&](const auto& item) {
        const auto& [name, entry] = item;
        if (entry.replaced == 0) return now - entry.due > entry.wait;
        return std::ranges::find(sas, name, &ike::IkeSa::connection) == sas.end();
    });
    Rekeying orders;
    for (const auto& sa : sas) {
        const auto known = entries_.find(sa.connection);
        if (sa.state != ike::IkeState::Established || known == entries_.end() || known->second.replaced == 0) continue;
        auto& entry = known->second;
        if (sa.unique_id <= entry.replaced && now < entry.due) continue;
        for (const auto& child : sa.children)
            if (ike::is_up(child)) orders.children.push_back(child.unique_id);
        entry = {.due = now + entry.wait, .wait = std::min<Monotonic::duration>(2 * entry.wait, longest_pause)};
    }
    auto room = at_once - std::min(at_once, under_way());
    for (const auto& sa : sas) {
        if (room == 0) break;
        const auto known = entries_.find(sa.connection);
        const bool waits = known != entries_.end() && (known->second.replaced != 0 || now < known->second.due);
        if (sa.state != ike::IkeState::Established || waits || !is_missing(sa, missing)) continue;
        orders.ikes.push_back(sa.unique_id);
        auto& entry = entries_[sa.connection];
        entry.replaced = sa.unique_id;
        entry.due = now + between;
        --room;
    }
    return orders;
}

} // namespace linkspan::agent
