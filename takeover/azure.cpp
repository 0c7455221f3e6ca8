#include "takeover/azure.h"

#include "takeover/azure_codec.h"
#include "takeover/json_reading.h"

#include <utility>

namespace linkspan::takeover {
namespace {

constexpr std::string_view version = "?api-version=2023-09-01";
constexpr std::string_view network = "/providers/Microsoft.Network/";

Learnt refused(const Error& error)
{
    return {Reply::Refused, error.what, {}};
}

} // namespace

Azure::Azure(AzureSpec spec) : spec_(std::move(spec))
{
    metadata_.origin = spec_.metadata;
    // A token is good for the Resource Manager of one cloud. A stand-in on this machine, in clear, is the public one's.
    metadata_.resource = (spec_.endpoint.starts_with("https://") ? spec_.endpoint : AzureSpec{}.endpoint) + '/';
    metadata_.wants_place = spec_.subscription.empty() || spec_.resource_group.empty();
    seen_.resize(things());
}

std::size_t Azure::things() const
{
    return spec_.routes.size() + moves_addresses();
}

const AzureRoute* Azure::route_of(std::size_t thing) const
{
    const auto first = static_cast<std::size_t>(moves_addresses());
    return thing < first ? nullptr : &spec_.routes[thing - first];
}

std::string Azure::name_of(std::size_t thing) const
{
    if (const auto* route = route_of(thing)) return "route " + route->prefix.text() + " of " + route->table;
    std::string names = spec_.public_address;
    for (const auto& address : spec_.addresses) names += (names.empty() ? "" : ", ") + address.text();
    return "addresses " + names;
}

std::optional<HttpRequest> Azure::next_question(WallTime now)
{
    return takeover::next_question(metadata_, now);
}

Learnt Azure::answer(const HttpResponse& response, WallTime now)
{
    return takeover::answer(metadata_, response, now);
}

bool Azure::is_ready(WallTime now) const
{
    return takeover::is_ready(metadata_, now);
}

std::string Azure::group() const
{
    return "/subscriptions/" +
           percent_encoded(spec_.subscription.empty() ? metadata_.subscription : spec_.subscription) +
           "/resourceGroups/" +
           percent_encoded(spec_.resource_group.empty() ? metadata_.resource_group : spec_.resource_group);
}

AzureAddresses Azure::addresses() const
{
    AzureAddresses wanted{.mac = azure_mac(spec_.mac)};
    for (const auto& address : spec_.addresses) wanted.addresses.push_back(address.text());
    if (!spec_.public_address.empty())
        wanted.public_id = group() + std::string{network} + "publicIPAddresses/" + spec_.public_address;
    return wanted;
}

HttpRequest Azure::call_of(std::string method, std::string target) const
{
    return {.method = std::move(method),
            .origin = spec_.endpoint,
            .target = std::move(target),
            .headers = {{"authorization", "Bearer " + std::string{metadata_.token.reveal()}},
                        {"content-type", "application/json"}},
            .limit = std::chrono::seconds{10}};
}

std::optional<HttpRequest> Azure::request(std::size_t thing, Call call, ha::Epoch epoch, WallTime)
{
    auto& seen = seen_[thing];
    const auto* route = route_of(thing);
    if (call == Call::Poll) return call_of("GET", seen.operation);
    if (call == Call::Act) return route ? change_route(seen, *route) : change_addresses(seen, epoch);
    const auto what = route ? "routeTables/" + percent_encoded(route->table) : std::string{"networkInterfaces"};
    return call_of("GET", group() + std::string{network} + what + std::string{version});
}

std::optional<HttpRequest> Azure::change_addresses(Seen& seen, ha::Epoch epoch) const
{
    if (!seen.nics) return {};
    const auto nics = *std::exchange(seen.nics, std::nullopt); // read anew after every change
    const auto change = next_change(nics, addresses(), epoch);
    if (!change || !*change) return {}; // a look says what is wrong, or that there is nothing to do
    auto request = call_of("PUT", (*change)->id + std::string{version});
    if (!(*change)->etag.empty()) request.headers.emplace_back("if-match", (*change)->etag);
    request.body = boost::json::serialize((*change)->body);
    return request;
}

std::optional<HttpRequest> Azure::change_route(Seen& seen, const AzureRoute& route) const
{
    if (!seen.route) return {};
    auto name = *seen.route;
    if (name.empty()) {
        name = "linkspan-" + route.prefix.text();
        for (auto& c : name)
            if (c == '/' || c == ':') c = '-';
    }
    auto request = call_of("PUT", group() + std::string{network} + "routeTables/" + percent_encoded(route.table) +
                                      "/routes/" + percent_encoded(name) + std::string{version});
    request.body = boost::json::serialize(boost::json::object{{"properties",
                                                               {{"addressPrefix", route.prefix.text()},
                                                                {"nextHopType", "VirtualAppliance"},
                                                                {"nextHopIpAddress", route.next_hop.text()}}}});
    return request;
}

Learnt Azure::learn(std::size_t thing, Call call, ha::Epoch epoch, const HttpResponse& response)
{
    auto& seen = seen_[thing];
    if (call == Call::Poll) return judge_poll(response);
    if (auto failed = judge_failure(response)) {
        if (failed->reply == Reply::Expired) forget_token(metadata_);
        return std::move(*failed);
    }
    const auto* route = route_of(thing);
    if (call == Call::Look)
        return route ? look_at_route(seen, *route, response.body) : look_at_addresses(seen, epoch, response.body);
    const auto operation = operation_of(response, spec_.endpoint);
    if (!operation) return {Reply::Unsure, "it wants to tell its progress at another host", {}};
    seen.operation = *operation;
    return {operation->empty() ? Reply::Accepted : Reply::Running, {}, {}};
}

Learnt Azure::look_at_addresses(Seen& seen, ha::Epoch epoch, std::string_view body) const
{
    auto nics = nics_of(body);
    if (!nics) return refused(nics.error());
    const auto wanted = addresses();
    const auto change = next_change(*nics, wanted, epoch);
    if (!change) return refused(change.error());
    const auto marked = marked_epoch(*nics, wanted);
    if (epoch.value != 0 && marked > epoch)
        return {Reply::Superseded, "a newer tenure, " + std::to_string(marked.value) + ", has marked it", {}};
    seen.nics = std::move(*nics);
    return {*change ? Reply::Free : Reply::Held, {}, {}};
}

Learnt Azure::look_at_route(Seen& seen, const AzureRoute& route, std::string_view body) const
{
    const auto table = object_of(body);
    const auto* properties = table ? object_in(*table, "properties") : nullptr;
    const auto* routes = properties ? properties->if_contains("routes") : nullptr;
    if (!routes || !routes->is_array()) return {Reply::Unsure, "a route table that is none", {}};
    seen.route = "";
    for (const auto& value : routes->as_array()) {
        const auto* entry = value.if_object();
        const auto* details = entry ? object_in(*entry, "properties") : nullptr;
        if (!details || text_in(*details, "addressPrefix") != route.prefix.text()) continue;
        seen.route = text_in(*entry, "name");
        if (text_in(*details, "nextHopIpAddress") == route.next_hop.text()) return {Reply::Held, {}, {}};
    }
    return {Reply::Free, {}, {}};
}

} // namespace linkspan::takeover
