#include "route/plan.h"

#include "route/describe.h"

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <string_view>
#include <tuple>

namespace linkspan::route {
namespace {

using AddressKey = std::tuple<std::string_view, IpAddress, std::uint8_t>; ///< the link's name first

/// Ordered sets would make planning dearer than the dumps it is made from.
struct KeyHash {
    [[nodiscard]] static std::size_t of(const IpAddress& address)
    {
        std::uint64_t halves[2];
        static_assert(sizeof halves == sizeof address.bytes);
        std::memcpy(halves, address.bytes.data(), sizeof halves);
        return halves[0] * 0x9e37'79b9'7f4a'7c15 ^ halves[1];
    }
    [[nodiscard]] std::size_t operator()(const RouteKey& key) const
    {
        return of(key.destination.address) +
               (std::size_t{key.destination.length} << 32 ^ key.metric ^ std::size_t{key.table} << 40);
    }
    [[nodiscard]] std::size_t operator()(const AddressKey& key) const
    {
        return of(std::get<IpAddress>(key)) ^ std::hash<std::string_view>{}(std::get<std::string_view>(key));
    }
};
using AddressKeys = boost::unordered_flat_set<AddressKey, KeyHash>;

/// IPv4 lets an address be on a link with several prefix lengths, IPv6 does not: there the length is no part of the key.
AddressKey slot_of(const LinkName& link, const IpInterface& a)
{
    return {link.value, a.address, a.address.family == Family::V4 ? a.length : std::uint8_t{0}};
}

AddressKey key_of(const AddressSpec& spec)
{
    return {spec.link.value, spec.address.address, spec.address.length};
}

template <typename Specs>
AddressKeys keys_of(const Specs& specs)
{
    AddressKeys keys(specs.size());
    for (const auto& spec : specs) keys.insert(key_of(spec));
    return keys;
}

using ForeignSlots = boost::unordered_flat_map<AddressKey, const ForeignAddress*, KeyHash>;

ForeignSlots foreign_slots(const Observed& have)
{
    ForeignSlots slots(have.foreign_addresses.size());
    for (const auto& foreign : have.foreign_addresses) slots.emplace(slot_of(foreign.link, foreign.address), &foreign);
    return slots;
}

using OwnRoutes = boost::unordered_flat_map<RouteKey, const RouteSpec*, KeyHash>;

OwnRoutes own_routes(const Observed& have)
{
    OwnRoutes routes(have.own_routes.size());
    for (const auto& [key, route] : have.own_routes) routes.emplace(key, &route);
    return routes;
}

/// As the kernel has it: without the connection, which it does not know.
RouteSpec bare(RouteSpec spec)
{
    spec.connection = {};
    return spec;
}

const ForeignRoute* foreign_at(const Observed& have, const RouteKey& key)
{
    const auto found = std::ranges::lower_bound(have.foreign_routes, key, {}, &ForeignRoute::key);
    return found != have.foreign_routes.end() && found->key == key ? &*found : nullptr;
}

/// Ops by where they belong in the order of things.
struct Sorted {
    std::vector<Op<RouteSpec>> unicast_out = {}, fallback_in = {}, unicast_in = {}, fallback_out = {};

    void remove(const RouteSpec& spec)
    {
        auto& list = spec.type == RouteType::Unicast ? unicast_out : fallback_out;
        list.push_back({Verb::Delete, spec, {}});
    }
    void put(Op<RouteSpec> op)
    {
        auto& list = op.spec.type == RouteType::Unicast ? unicast_in : fallback_in;
        list.push_back(std::move(op));
    }
    [[nodiscard]] std::vector<Op<RouteSpec>> joined() &&
    {
        auto all = std::move(unicast_out);
        for (auto* list : {&fallback_in, &unicast_in, &fallback_out}) std::ranges::move(*list, std::back_inserter(all));
        return all;
    }
};

} // namespace

Plan<AddressSpec> plan(std::span<const AddressSpec> want, const Observed& have)
{
    Plan<AddressSpec> plan;
    const auto wanted = keys_of(want);
    for (const auto& own : have.own_addresses)
        if (!wanted.contains(key_of(own))) plan.ops.push_back({Verb::Delete, own, {}});

    const auto present = keys_of(have.own_addresses);
    const auto foreign = foreign_slots(have);
    for (const auto& spec : want) {
        if (present.contains(key_of(spec))) continue;
        if (const auto other = foreign.find(slot_of(spec.link, spec.address)); other != foreign.end())
            plan.conflicts.push_back({spec.connection, describe(spec), describe(*other->second)});
        else
            plan.ops.push_back({Verb::Create, spec, {}});
    }
    return plan;
}

Plan<RuleSpec> plan(std::span<const RuleSpec> want, const Observed& have)
{
    Plan<RuleSpec> plan;
    const auto lacks = [](const auto& list, const RuleSpec& spec) {
        return std::ranges::find(list, spec) == std::ranges::end(list);
    };
    for (const auto& spec : want)
        if (lacks(have.own_rules, spec)) plan.ops.push_back({Verb::Create, spec, {}});
    for (const auto& spec : have.own_rules)
        if (lacks(want, spec)) plan.ops.push_back({Verb::Delete, spec, {}});
    return plan;
}

Plan<RouteSpec> plan(std::span<const RouteSpec> want, const Observed& have)
{
    Plan<RouteSpec> plan;
    Sorted sorted;
    const auto present = own_routes(have);
    boost::unordered_flat_set<RouteKey, KeyHash> wanted(want.size());
    std::size_t kept = 0;
    for (const auto& spec : want) {
        const auto key = key_of(spec);
        if (!wanted.insert(key).second) continue;
        const auto own = present.find(key);
        kept += own != present.end();
        if (own != present.end() && *own->second == bare(spec)) continue;
        // Replacing in place takes whatever stands first at the key, so not even a route of ours is changed beside a
        // foreign one.
        if (const auto* other = foreign_at(have, key)) {
            plan.conflicts.push_back({spec.connection, describe(spec), describe(*other)});
        } else if (own == present.end()) {
            sorted.put({Verb::Create, spec, {}});
        } else {
            sorted.put({Verb::Update, spec, *own->second});
        }
    }
    if (kept < have.own_routes.size())
        for (const auto& [key, own] : have.own_routes)
            if (!wanted.contains(key)) sorted.remove(own);
    plan.ops = std::move(sorted).joined();
    return plan;
}

} // namespace linkspan::route
