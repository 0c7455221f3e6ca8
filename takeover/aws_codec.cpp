#include "takeover/aws_codec.h"

#include "takeover/line.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <pugixml.hpp>

namespace linkspan::takeover {
namespace {

using Form = std::map<std::string, std::string>;

template <typename... Fs>
struct Overloaded : Fs... {
    using Fs::operator()...;
};

Form form(std::string action, Form fields)
{
    fields["Action"] = std::move(action);
    fields["Version"] = "2016-11-15";
    return fields;
}

std::string cidr_key(const IpPrefix& prefix)
{
    return prefix.family() == Family::V4 ? "DestinationCidrBlock" : "DestinationIpv6CidrBlock";
}

Form numbered(const std::string& key, const std::vector<std::string>& values)
{
    Form fields;
    for (std::size_t at = 0; at < values.size(); ++at) fields[key + '.' + std::to_string(at + 1)] = values[at];
    return fields;
}

Form associate(const AwsElastic& it)
{
    Form fields{{"AllocationId", it.allocation}, {"NetworkInterfaceId", it.interface}, {"AllowReassociation", "true"}};
    if (!it.address.empty()) fields["PrivateIpAddress"] = it.address;
    return form("AssociateAddress", std::move(fields));
}

Form tag(const AwsMark& it)
{
    auto fields = numbered("ResourceId", it.resources);
    fields["Tag.1.Key"] = epoch_tag;
    fields["Tag.1.Value"] = std::to_string(it.epoch.value);
    return form("CreateTags", std::move(fields));
}

Form describe_tags(const AwsMark& it)
{
    auto fields = numbered("Filter.1.Value", it.resources);
    fields["Filter.1.Name"] = "resource-id";
    fields["Filter.2.Name"] = "key";
    fields["Filter.2.Value.1"] = epoch_tag;
    return form("DescribeTags", std::move(fields));
}

struct KnownError {
    std::string_view code;
    Reply reply;
};
/// EC2's own words for what may be better later. Whatever else it refuses stays refused.
constexpr auto known_errors = std::to_array<KnownError>({
    {"RequestLimitExceeded", Reply::Throttled},
    {"Throttling", Reply::Throttled},
    {"ThrottlingException", Reply::Throttled},
    {"EC2ThrottledException", Reply::Throttled},
    {"RequestThrottled", Reply::Throttled},
    {"RequestExpired", Reply::Expired},
    {"ExpiredToken", Reply::Expired},
    {"AuthFailure", Reply::Expired},
    {"InvalidClientTokenId", Reply::Expired},
    {"SignatureDoesNotMatch", Reply::Expired},
    {"ConcurrentTagAccess", Reply::Conflict},
    {"IncorrectState", Reply::Conflict},
    {"IncorrectInstanceState", Reply::Conflict},
    {"Resource.AlreadyAssociated", Reply::Conflict},
    {"InvalidRoute.NotFound", Reply::Conflict},
    {"RouteAlreadyExists", Reply::Conflict},
    {"InternalError", Reply::Unsure},
    {"InternalFailure", Reply::Unsure},
    {"ServiceUnavailable", Reply::Unsure},
    {"Unavailable", Reply::Unsure},
});

Learnt judge_error(const pugi::xml_document& document, const HttpResponse& response)
{
    const auto error = document.child("Response").child("Errors").child("Error");
    const std::string code = error.child_value("Code");
    const auto text = "status " + std::to_string(response.status) +
                      (code.empty() ? "" : ", " + code + ": " + error.child_value("Message"));
    const auto known = std::ranges::find(known_errors, code, &KnownError::code);
    const auto reply = known != known_errors.end() ? known->reply
                       : response.status >= 500    ? Reply::Unsure
                       : response.status == 429    ? Reply::Throttled
                                                   : Reply::Refused;
    return {reply, line_of(std::string_view{text}.substr(0, 300)), {}};
}

/// The document of a success, or what its failure means.
std::variant<Learnt, pugi::xml_node> body_of(pugi::xml_document& document, const HttpResponse& response)
{
    if (response.status == 0) return Learnt{Reply::Unsure, response.problem, {}};
    const bool is_xml = document.load_buffer(response.body.data(), response.body.size(),
                                             pugi::parse_minimal | pugi::parse_escapes | pugi::parse_cdata);
    if (response.status != 200) return judge_error(document, response);
    if (!is_xml || !document.document_element()) return Learnt{Reply::Unsure, "an answer that is no XML", {}};
    return document.document_element();
}

Learnt held_if(bool is_held)
{
    return {is_held ? Reply::Held : Reply::NotHeld, is_held ? "" : "it is not here yet", {}};
}

bool says(const pugi::xml_node& item, const char* child, std::string_view value)
{
    return item.child_value(child) == value;
}

Learnt look_at(AwsElastic& it, const pugi::xml_node& body)
{
    for (const auto item : body.child("addressesSet").children("item"))
        if (says(item, "allocationId", it.allocation))
            return held_if(says(item, "networkInterfaceId", it.interface) &&
                           (it.address.empty() || says(item, "privateIpAddress", it.address)));
    return held_if(false);
}

Learnt look_at(AwsSecondary& it, const pugi::xml_node& body)
{
    for (const auto interface : body.child("networkInterfaceSet").children("item"))
        if (says(interface, "networkInterfaceId", it.interface))
            for (const auto item : interface.child("privateIpAddressesSet").children("item"))
                if (says(item, "privateIpAddress", it.address)) return held_if(true);
    return held_if(false);
}

Learnt look_at(AwsRoute& it, const pugi::xml_node& body)
{
    const char* key = it.prefix.family() == Family::V4 ? "destinationCidrBlock" : "destinationIpv6CidrBlock";
    for (const auto table : body.child("routeTableSet").children("item"))
        if (says(table, "routeTableId", it.table)) {
            it.missing = true;
            for (const auto route : table.child("routeSet").children("item"))
                if (says(route, key, it.prefix.text())) {
                    it.missing = false;
                    return held_if(says(route, "networkInterfaceId", it.interface) &&
                                   !says(route, "state", "blackhole"));
                }
        }
    return held_if(false);
}

Learnt look_at(AwsMark& it, const pugi::xml_node& body)
{
    std::size_t marked = 0;
    for (const auto item : body.child("tagSet").children("item")) {
        const std::string_view text = item.child_value("value");
        std::uint64_t epoch = 0;
        std::from_chars(text.data(), text.data() + text.size(), epoch);
        if (!says(item, "key", epoch_tag)) continue;
        if (epoch > it.epoch.value)
            return {Reply::Superseded, "a newer tenure, " + std::to_string(epoch) + ", has marked it", {}};
        marked += epoch == it.epoch.value;
    }
    return held_if(marked >= it.resources.size());
}

} // namespace

std::string name_of(const AwsThing& thing)
{
    return std::visit(Overloaded{[](const AwsElastic& it) { return "elastic address " + it.allocation; },
                                 [](const AwsSecondary& it) { return "address " + it.address; },
                                 [](const AwsRoute& it) { return "route " + it.prefix.text() + " of " + it.table; },
                                 [](const AwsMark&) { return std::string{"tag "} += epoch_tag; }},
                      thing);
}

Form act_form(const AwsThing& thing)
{
    return std::visit(Overloaded{[](const AwsElastic& it) { return associate(it); },
                                 [](const AwsSecondary& it) {
                                     return form("AssignPrivateIpAddresses", {{"NetworkInterfaceId", it.interface},
                                                                              {"PrivateIpAddress.1", it.address},
                                                                              {"AllowReassignment", "true"}});
                                 },
                                 [](const AwsRoute& it) {
                                     return form(it.missing ? "CreateRoute" : "ReplaceRoute",
                                                 {{"RouteTableId", it.table},
                                                  {cidr_key(it.prefix), it.prefix.text()},
                                                  {"NetworkInterfaceId", it.interface}});
                                 },
                                 [](const AwsMark& it) { return tag(it); }},
                      thing);
}

Form look_form(const AwsThing& thing)
{
    return std::visit(
        Overloaded{[](const AwsElastic& it) { return form("DescribeAddresses", {{"AllocationId.1", it.allocation}}); },
                   [](const AwsSecondary& it) {
                       return form("DescribeNetworkInterfaces", {{"NetworkInterfaceId.1", it.interface}});
                   },
                   [](const AwsRoute& it) { return form("DescribeRouteTables", {{"RouteTableId.1", it.table}}); },
                   [](const AwsMark& it) { return describe_tags(it); }},
        thing);
}

Learnt judge_act(const AwsThing& thing, const HttpResponse& response)
{
    pugi::xml_document document;
    const auto body = body_of(document, response);
    if (const auto* learnt = std::get_if<Learnt>(&body)) {
        // The private address it stands for may be on its way here in a call beside this one.
        const auto* elastic = std::get_if<AwsElastic>(&thing);
        const bool waits = elastic && !elastic->address.empty() && learnt->problem.contains("InvalidParameterValue");
        return waits ? Learnt{Reply::Conflict, learnt->problem, {}} : *learnt;
    }
    return {Reply::Accepted, {}, {}};
}

Learnt judge_look(AwsThing& thing, const HttpResponse& response)
{
    pugi::xml_document document;
    const auto body = body_of(document, response);
    if (const auto* learnt = std::get_if<Learnt>(&body)) return *learnt;
    return std::visit([&](auto& it) { return look_at(it, std::get<pugi::xml_node>(body)); }, thing);
}

} // namespace linkspan::takeover
