#include "takeover/aws.h"

#include <algorithm>
#include <utility>

namespace linkspan::takeover {
namespace {

std::set<Mac> macs_of(const AwsSpec& spec)
{
    std::set<Mac> macs;
    for (const auto& it : spec.elastic) macs.insert(it.mac);
    for (const auto& it : spec.addresses) macs.insert(it.mac);
    for (const auto& it : spec.routes) macs.insert(it.mac);
    return macs;
}

/// Both gateways see them, whoever has them: an interface of one gateway would say nothing to the other.
std::vector<std::string> shared_resources(const AwsSpec& spec)
{
    std::vector<std::string> resources;
    for (const auto& it : spec.elastic) resources.push_back(it.allocation);
    for (const auto& it : spec.routes)
        if (std::ranges::find(resources, it.table) == resources.end()) resources.push_back(it.table);
    return resources;
}

} // namespace

Aws::Aws(AwsSpec spec) : spec_(std::move(spec)), marked_(shared_resources(spec_))
{
    metadata_.origin = spec_.metadata;
    metadata_.macs = macs_of(spec_);
    metadata_.wants_region = spec_.region.empty();
    const auto count = spec_.elastic.size() + spec_.addresses.size() + spec_.routes.size() + !marked_.empty();
    for (std::size_t at = 0; at < count; ++at) names_.push_back(takeover::name_of(thing_of(at, {})));
    missing_.resize(count);
}

bool Aws::is_essential(std::size_t thing) const
{
    return thing < spec_.elastic.size() + spec_.addresses.size() + spec_.routes.size();
}

std::string Aws::interface_of(const Mac& mac) const
{
    const auto at = metadata_.interfaces.find(mac);
    return at == metadata_.interfaces.end() ? std::string{} : at->second;
}

AwsThing Aws::thing_of(std::size_t thing, ha::Epoch epoch) const
{
    auto at = thing;
    if (at < spec_.elastic.size()) {
        const auto& it = spec_.elastic[at];
        return AwsElastic{it.allocation, interface_of(it.mac), it.address ? it.address->text() : ""};
    }
    at -= spec_.elastic.size();
    if (at < spec_.addresses.size())
        return AwsSecondary{spec_.addresses[at].address.text(), interface_of(spec_.addresses[at].mac)};
    at -= spec_.addresses.size();
    if (at < spec_.routes.size()) {
        const auto& it = spec_.routes[at];
        return AwsRoute{it.table, it.prefix, interface_of(it.mac), !missing_.empty() && missing_[thing]};
    }
    return AwsMark{marked_, epoch};
}

std::optional<HttpRequest> Aws::next_question(WallTime now)
{
    return takeover::next_question(metadata_, now);
}

Learnt Aws::answer(const HttpResponse& response, WallTime now)
{
    return takeover::answer(metadata_, response, now);
}

bool Aws::is_ready(WallTime now) const
{
    return takeover::is_ready(metadata_, now);
}

std::optional<HttpRequest> Aws::request(std::size_t thing, Call call, ha::Epoch epoch, WallTime now)
{
    const auto& region = spec_.region.empty() ? metadata_.region : spec_.region;
    const auto it = thing_of(thing, epoch);
    HttpRequest request{
        .method = "POST",
        .origin = spec_.endpoint.empty() ? origin_of({region, "ec2"}) : spec_.endpoint,
        .headers = {{"content-type", "application/x-www-form-urlencoded; charset=utf-8"}},
        .body = form_of(call == Call::Act ? act_form(it) : look_form(it)),
    };
    sign(request, metadata_.credentials, {region, "ec2"}, now);
    return request;
}

Learnt Aws::learn(std::size_t thing, Call call, ha::Epoch epoch, const HttpResponse& response)
{
    auto it = thing_of(thing, epoch);
    const auto learnt = call == Call::Act ? judge_act(it, response) : judge_look(it, response);
    if (const auto* route = std::get_if<AwsRoute>(&it)) missing_[thing] = route->missing;
    if (learnt.reply == Reply::Expired) forget_credentials(metadata_);
    return learnt;
}

} // namespace linkspan::takeover
