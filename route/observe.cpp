#include "route/observe.h"

#include "base/path.h"
#include "route/codec.h"
#include "route/rule_codec.h"

#include <algorithm>
#include <iterator>
#include <set>

namespace linkspan::route {
namespace {

constexpr Family families[] = {Family::V4, Family::V6};

/// Above this many links a dump of everything of ours is cheaper than four small ones a link.
constexpr std::size_t dump_above = 16;

/// Collects what dumps tell into an Observed.
class Reader {
public:
    Reader(netlink::Socket& socket, netlink::LinkNames names, Observed& observed)
        : socket_(socket), names_(std::move(names)), observed_(observed)
    {
    }

    Result<> read(const AddressFilter& filter)
    {
        netlink::Message message;
        encode_dump(message, filter);
        return settle(socket_.dump(message, "read addresses", [&](const nlmsghdr& answer) {
            if (const auto raw = decode_address(answer); raw && raw->address.address.family == filter.family) add(*raw);
        }));
    }
    Result<> read(const RouteFilter& filter)
    {
        return read(filter, [](const RouteKey&) { return true; });
    }
    /// The kernel cannot be asked for one route by its key: all that the filter lets through are looked at, few kept.
    template <typename Wanted>
    Result<> read(const RouteFilter& filter, Wanted wanted)
    {
        netlink::Message message;
        encode_dump(message, filter);
        return settle(socket_.dump(message, "read routes", [&](const nlmsghdr& answer) {
            const auto raw = decode_route(answer);
            if (raw && raw->key.destination.family() == filter.family && wanted(raw->key)) add(*raw);
        }));
    }

    /// Our routes beside the main table, all of them, and our rules: few of both.
    Result<> read_paths()
    {
        for (const auto family : families) {
            for (const auto path : both_paths)
                TRY(read(RouteFilter{.family = family, .only_ours = true, .table = path_table(path)}));
            netlink::Message message;
            encode_dump_rules(message, family);
            TRY(settle(socket_.dump(message, "read routing rules", [&](const nlmsghdr& answer) {
                const auto raw = decode_rule(answer);
                if (raw && raw->whole && raw->spec.family == family) observed_.own_rules.push_back(raw->spec);
            })));
        }
        return {};
    }

    netlink::LinkNames& names() { return names_; }

private:
    /// A table, link or family that is not there holds nothing.
    static Result<> settle(Result<> outcome)
    {
        if (!outcome && (outcome.error().kind == Kind::NotFound || outcome.error().kind == Kind::Unsupported))
            return {};
        return outcome;
    }
    void add(const RawAddress& raw)
    {
        const auto& link = names_.name_of(raw.link);
        if (raw.protocol == route_protocol)
            observed_.own_addresses.push_back({link, raw.address, {}});
        else
            observed_.foreign_addresses.push_back({link, raw.address, raw.global, raw.usable});
    }
    void add(const RawRoute& raw)
    {
        if (raw.ours()) {
            auto spec = raw.spec();
            if (raw.multipath.empty() && spec.type == RouteType::Unicast) spec.link = names_.name_of(raw.hop.link);
            observed_.own_routes.insert_or_assign(raw.key, std::move(spec));
            return;
        }
        if (raw.key.table != main_table) return; // nobody but we has business there
        const auto& destination = raw.key.destination;
        if (destination.family() == Family::V6 && destination.length > 0 && destination.address.is_link_local()) return;
        for (const auto& hop : decode_hops(raw))
            observed_.foreign_routes.push_back({raw.key, raw.type, raw.protocol, hop.dead,
                                                hop.link == IfIndex{} ? LinkName{} : names_.name_of(hop.link),
                                                hop.gateway});
    }

    netlink::Socket& socket_;
    netlink::LinkNames names_;
    Observed& observed_;
};

void forget(Observed& observed, const std::set<LinkName>& links, const std::set<RouteKey>& fallbacks)
{
    const auto on_link = [&](const auto& address) { return links.contains(address.link); };
    observed.own_rules.clear();
    std::erase_if(observed.own_addresses, on_link);
    std::erase_if(observed.foreign_addresses, on_link);
    std::erase_if(observed.own_routes, [&](const auto& entry) {
        const RouteSpec& route = entry.second;
        if (route.table != main_table) return true;
        return route.type == RouteType::Unreachable ? fallbacks.contains(entry.first)
                                                    : links.contains(route.link) || route.link.value.empty();
    });
}

/// All that is ours, and all addresses.
Result<> read_ours(Reader& reader)
{
    for (const auto family : families) {
        TRY(reader.read(AddressFilter{family, {}}));
        TRY(reader.read(RouteFilter{.family = family, .only_ours = true}));
    }
    return reader.read_paths();
}

Result<> read_touched(Reader& reader, const std::set<LinkName>& links, const std::set<RouteKey>& fallbacks)
{
    for (const auto& name : links) {
        const auto link = reader.names().index_of(name);
        if (!link) continue; // it is gone, and so is all that was on it
        for (const auto family : families) {
            TRY(reader.read(AddressFilter{family, *link}));
            TRY(reader.read(RouteFilter{.family = family, .only_ours = true, .link = *link}));
        }
    }
    for (const auto family : families) {
        const auto of_family = [&](const RouteKey& key) { return key.destination.family() == family; };
        if (std::ranges::none_of(fallbacks, of_family)) continue;
        TRY(reader.read(RouteFilter{.family = family, .only_ours = true, .unreachable = true},
                        [&](const RouteKey& key) { return fallbacks.contains(key); }));
    }
    return reader.read_paths();
}

} // namespace

Result<Observed> observe(netlink::Socket& socket, netlink::LinkNames names)
{
    Observed observed;
    Reader reader{socket, std::move(names), observed};
    for (const auto family : families) {
        TRY(reader.read(AddressFilter{family, {}}));
        TRY(reader.read(RouteFilter{.family = family}));
    }
    TRY(reader.read_paths());
    std::ranges::stable_sort(observed.foreign_routes, {}, &ForeignRoute::key);
    return observed;
}

Result<> refresh(netlink::Socket& socket, Observed& observed, const Touched& touched, netlink::LinkNames names)
{
    Observed fresh;
    Reader reader{socket, std::move(names), fresh};
    const std::set<LinkName> links{touched.links.begin(), touched.links.end()};
    const std::set<RouteKey> fallbacks{touched.fallbacks.begin(), touched.fallbacks.end()};
    if (links.size() > dump_above) {
        TRY(read_ours(reader));
        fresh.foreign_routes = std::move(observed.foreign_routes);
        observed = std::move(fresh);
        return {};
    }
    TRY(read_touched(reader, links, fallbacks));
    forget(observed, links, fallbacks);
    std::ranges::move(fresh.own_addresses, std::back_inserter(observed.own_addresses));
    std::ranges::move(fresh.foreign_addresses, std::back_inserter(observed.foreign_addresses));
    observed.own_rules = std::move(fresh.own_rules);
    for (auto& [key, route] : fresh.own_routes) observed.own_routes.insert_or_assign(key, std::move(route));
    return {};
}

} // namespace linkspan::route
