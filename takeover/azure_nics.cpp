#include "takeover/azure_nics.h"

#include "takeover/json_reading.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace linkspan::takeover {
namespace {

namespace json = boost::json;

/// Azure's ids and MAC addresses come in any case.
bool same(std::string_view a, std::string_view b)
{
    return std::ranges::equal(a, b,
                              [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

json::array* configurations_of(json::object& nic)
{
    auto* properties = object_in(nic, "properties");
    auto* value = properties ? properties->if_contains("ipConfigurations") : nullptr;
    return value ? value->if_array() : nullptr;
}

bool is_ours(const json::object& nic, const AzureAddresses& wanted)
{
    const auto* properties = object_in(nic, "properties");
    return properties && same(text_in(*properties, "macAddress"), wanted.mac);
}

bool is_primary(const json::object& properties)
{
    const auto* primary = properties.if_contains("primary");
    return primary && primary->is_bool() && primary->as_bool();
}

std::string public_id_in(const json::object& properties)
{
    const auto* address = object_in(properties, "publicIPAddress");
    return address ? text_in(*address, "id") : std::string{};
}

bool has_address(const json::object& properties, const AzureAddresses& wanted)
{
    return std::ranges::find(wanted.addresses, text_in(properties, "privateIPAddress")) != wanted.addresses.end();
}

bool has_public(const json::object& properties, const AzureAddresses& wanted)
{
    return !wanted.public_id.empty() && same(public_id_in(properties), wanted.public_id);
}

/// Takes out of `nic` what moves. True where something did.
Result<bool> strip(json::object& nic, const AzureAddresses& wanted)
{
    auto* configurations = configurations_of(nic);
    if (!configurations) return false;
    bool changed = false;
    for (auto at = configurations->begin(); at != configurations->end();) {
        auto* configuration = at->if_object();
        auto* properties = configuration ? object_in(*configuration, "properties") : nullptr;
        if (properties && has_address(*properties, wanted)) {
            if (is_primary(*properties))
                return failure(Kind::Config, "the address " + text_in(*properties, "privateIPAddress") +
                                                 " is the first one of the interface " + text_in(nic, "name") +
                                                 " and cannot leave it: write a secondary one");
            at = configurations->erase(at);
            changed = true;
            continue;
        }
        if (properties && has_public(*properties, wanted)) {
            properties->erase("publicIPAddress");
            changed = true;
        }
        ++at;
    }
    return changed;
}

json::object* properties_of(json::array& configurations, auto&& accepts)
{
    for (auto& value : configurations) {
        auto* configuration = value.if_object();
        auto* properties = configuration ? object_in(*configuration, "properties") : nullptr;
        if (properties && accepts(*properties)) return properties;
    }
    return nullptr;
}

json::object configuration_of(const std::string& address, const json::object& primary)
{
    std::string name = "linkspan-" + address;
    std::ranges::replace(name, ':', '-');
    json::object properties{{"privateIPAddress", address},
                            {"privateIPAllocationMethod", "Static"},
                            {"privateIPAddressVersion", address.contains(':') ? "IPv6" : "IPv4"},
                            {"primary", false}};
    if (const auto* subnet = object_in(primary, "subnet")) properties["subnet"] = *subnet;
    return {{"name", name}, {"properties", std::move(properties)}};
}

/// Puts what moves on our interface. True where something was missing.
Result<bool> fill(json::object& nic, const AzureAddresses& wanted)
{
    auto* configurations = configurations_of(nic);
    if (!configurations || configurations->empty())
        return failure(Kind::Protocol, "our interface has no address configuration");
    const auto* primary = properties_of(*configurations, [](const auto& it) { return is_primary(it); });
    if (!primary) primary = properties_of(*configurations, [](const auto&) { return true; });
    if (!primary) return failure(Kind::Protocol, "our interface has no first address");
    const json::object first = *primary; // adding moves the others
    bool changed = false;
    for (const auto& address : wanted.addresses)
        if (!properties_of(*configurations,
                           [&](const auto& it) { return text_in(it, "privateIPAddress") == address; })) {
            configurations->push_back(configuration_of(address, first));
            changed = true;
        }
    if (wanted.public_id.empty()) return changed;
    auto* carrier = properties_of(*configurations, [&](const auto& it) {
        return wanted.addresses.empty() ? is_primary(it) || configurations->size() == 1
                                        : text_in(it, "privateIPAddress") == wanted.addresses.front();
    });
    if (!carrier) return failure(Kind::Protocol, "our interface has no first address");
    if (same(public_id_in(*carrier), wanted.public_id)) return changed;
    (*carrier)["publicIPAddress"] = json::object{{"id", wanted.public_id}};
    return true;
}

std::optional<NicChange> change_of(json::object nic)
{
    const auto id = text_in(nic, "id"), etag = text_in(nic, "etag");
    return NicChange{id, etag, std::move(nic)};
}

std::uint64_t epoch_of(const json::object& nic)
{
    const auto* tags = object_in(nic, "tags");
    const auto text = tags ? text_in(*tags, azure_epoch_tag) : std::string{};
    std::uint64_t epoch = 0;
    std::from_chars(text.data(), text.data() + text.size(), epoch);
    return epoch;
}

} // namespace

std::string azure_mac(std::string_view mac)
{
    std::string text{mac};
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return c == ':' ? '-' : static_cast<char>(std::toupper(c)); });
    return text;
}

Result<AzureNics> nics_of(std::string_view body)
{
    const auto object = object_of(body);
    const auto* list = object ? object->if_contains("value") : nullptr;
    if (!list || !list->is_array()) return failure(Kind::Protocol, "a list of interfaces that is none");
    AzureNics nics;
    for (const auto& value : list->as_array())
        if (const auto* nic = value.if_object()) nics.push_back(*nic);
    if (!text_in(*object, "nextLink").empty())
        return failure(Kind::Unsupported, "the resource group has more interfaces than one page of Azure's list: "
                                          "give the gateways a resource group of their own");
    return nics;
}

Result<std::optional<NicChange>> next_change(const AzureNics& nics, const AzureAddresses& wanted, ha::Epoch epoch)
{
    for (const auto& nic : nics) {
        if (is_ours(nic, wanted)) continue;
        auto stripped = nic;
        const auto changed = strip(stripped, wanted);
        TRY(changed);
        if (*changed) return change_of(std::move(stripped));
    }
    const auto ours = std::ranges::find_if(nics, [&](const auto& nic) { return is_ours(nic, wanted); });
    if (ours == nics.end())
        return failure(Kind::NotFound, "no interface of the resource group has the address " + wanted.mac);
    auto filled = *ours;
    const auto changed = fill(filled, wanted);
    TRY(changed);
    if (!*changed) return std::nullopt;
    if (!object_in(filled, "tags")) filled["tags"] = json::object{};
    filled["tags"].as_object()[azure_epoch_tag] = std::to_string(epoch.value);
    return change_of(std::move(filled));
}

ha::Epoch marked_epoch(const AzureNics& nics, const AzureAddresses& wanted)
{
    ha::Epoch highest;
    for (const auto& nic : nics) {
        auto stripped = nic;
        if (is_ours(nic, wanted) || !strip(stripped, wanted).value_or(false)) continue;
        highest = std::max(highest, ha::Epoch{epoch_of(nic)});
    }
    return highest;
}

} // namespace linkspan::takeover
