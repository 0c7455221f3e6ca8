#include "agent/hazards.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace linkspan::agent {
namespace {

using States = std::vector<xfrm::ObservedState>;

/// A CHILD_SA this young (seconds) when the kernel was read may not be whole there yet.
constexpr std::uint64_t settled_age = 5;

bool is_in_kernel(const States& states, const IpAddress& destination, Spi spi)
{
    return std::ranges::binary_search(states, xfrm::StateKey{destination, spi}, {}, &xfrm::ObservedState::key);
}

/// What is wrong with a CHILD_SA; empty: nothing.
std::string defect_of(const ike::IkeSa& sa, const ike::ChildSa& child, const States& states, std::uint64_t youngest)
{
    if (!is_up(child) || child.age < youngest || !is_ours(child.reqid)) return {};
    const bool receives = is_in_kernel(states, sa.local, child.spi_in);
    const bool sends = is_in_kernel(states, sa.remote, child.spi_out);
    if (receives && sends) return {};
    const auto missing = receives ? fmt::format("outbound SA 0x{:08x}", child.spi_out.value)
                         : sends  ? fmt::format("inbound SA 0x{:08x}", child.spi_in.value)
                                  : fmt::format("SAs 0x{:08x} and 0x{:08x}", child.spi_in.value, child.spi_out.value);
    return "charon calls it installed, the kernel does not have its " + missing;
}

bool is_newer(const ike::IkeSa& other, const ike::IkeSa& sa)
{
    return other.connection == sa.connection && other.unique_id > sa.unique_id;
}

bool is_there_newer(const ike::IkeSa& sa, const ike::SaView& sas)
{
    return std::ranges::any_of(sas, [&](const ike::IkeSa& other) { return is_newer(other, sa); });
}

bool has_newer_copy(const ike::IkeSa& sa, const ike::SaView& sas)
{
    return std::ranges::any_of(sas, [&](const ike::IkeSa& other) {
        return is_newer(other, sa) && other.spi_initiator == sa.spi_initiator &&
               other.spi_responder == sa.spi_responder;
    });
}

} // namespace

std::vector<ike::Terminate> phantoms(const ike::SaView& sas, const States& states, std::chrono::seconds apart)
{
    const auto youngest = settled_age + static_cast<std::uint64_t>(apart.count());
    std::vector<ike::Terminate> orders;
    for (const auto& sa : sas) {
        if (sa.state == ike::IkeState::Deleting || has_newer_copy(sa, sas)) continue;
        for (const auto& child : sa.children) {
            auto why = defect_of(sa, child, states, youngest);
            if (why.empty()) continue;
            // One that is alone goes with its IKE_SA; of several, those that work stay.
            const auto child_id = sa.children.size() == 1 ? 0 : child.unique_id;
            orders.push_back({sa.connection, sa.unique_id, child_id, std::move(why)});
        }
    }
    return orders;
}

std::vector<ike::Terminate> void_copies(const ike::SaView& sas, const States& states, std::chrono::seconds apart,
                                        const std::set<xfrm::StateKey>& told)
{
    const auto youngest = settled_age + static_cast<std::uint64_t>(apart.count());
    std::vector<ike::Terminate> orders;
    for (const auto& sa : sas) {
        if (sa.state != ike::IkeState::Passive) continue;
        const auto is_needed = [&](const ike::ChildSa& child) {
            return defect_of(sa, child, states, youngest).empty() || told.contains({sa.local, child.spi_in}) ||
                   told.contains({sa.remote, child.spi_out});
        };
        if (std::ranges::any_of(sa.children, is_needed)) continue;
        if (sa.children.empty() && !is_there_newer(sa, sas)) continue;
        orders.push_back({sa.connection, sa.unique_id, 0,
                          sa.children.empty() ? "a copy without CHILD_SAs, and there is a newer one"
                                              : "a copy, and nobody has any of its CHILD_SAs"});
    }
    return orders;
}

std::set<xfrm::StateKey> plugins_sas(const ike::SaView& sas)
{
    std::set<xfrm::StateKey> keys;
    for (const auto& sa : sas) {
        if (sa.connection.value != plugins_connection) continue;
        for (const auto& child : sa.children) {
            if (is_ours(child.reqid)) continue;
            keys.insert({sa.local, child.spi_in});
            keys.insert({sa.remote, child.spi_out});
        }
    }
    return keys;
}

bool is_half_copied(const ike::IkeSa& sa)
{
    return sa.state == ike::IkeState::Connecting && sa.connection.value.empty() && sa.local.is_unspecified();
}

std::vector<ike::Terminate> Connecting::half_copied(const ike::SaView& sas, Monotonic now) const
{
    std::vector<ike::Terminate> orders;
    for (const auto& sa : sas) {
        const auto known = since_.find({sa.unique_id, sa.spi_initiator});
        if (!is_half_copied(sa) || known == since_.end() || now - known->second < longest_copying) continue;
        orders.push_back({sa.connection, sa.unique_id, 0, "half a copy: the rest of it was lost on its way"});
    }
    return orders;
}

void Connecting::see(const ike::SaView& sas, Monotonic now)
{
    decltype(since_) seen;
    for (const auto& sa : sas) {
        if (sa.state != ike::IkeState::Connecting) continue;
        const std::pair key{sa.unique_id, sa.spi_initiator};
        const auto known = since_.find(key);
        seen.emplace(key, known == since_.end() ? now : known->second);
    }
    since_ = std::move(seen);
}

std::map<std::uint64_t, std::string> Connecting::stuck(Monotonic now) const
{
    std::map<std::uint64_t, std::string> ends;
    for (const auto& [key, since] : since_) {
        const auto age = std::chrono::duration_cast<std::chrono::seconds>(now - since);
        if (age <= longest_connecting) continue;
        ends.emplace(key.first, fmt::format("it has been connecting for {} s, charon would have given up after {} s",
                                            age.count(), longest_connecting.count()));
    }
    return ends;
}

void Connecting::ordered(std::uint64_t unique_id)
{
    std::erase_if(since_, [&](const auto& entry) { return entry.first.first == unique_id; });
}

} // namespace linkspan::agent
