#include "nft/rules_decode.h"

#include "nft/listing.h"

#include <algorithm>

namespace linkspan::nft {
namespace {

namespace json = boost::json;

/// An element of an interval set: "10.1.0.7" or {"prefix": {"addr": "10.1.0.0", "len": 16}}.
std::optional<IpPrefix> network_of(const json::value& element)
{
    if (const auto* text = element.if_string()) {
        const auto address = IpAddress::parse(*text);
        return address ? std::optional{IpPrefix::host(*address)} : std::nullopt;
    }
    const auto* wrapper = element.if_object();
    const auto* prefix = wrapper ? wrapper->if_contains("prefix") : nullptr;
    if (!prefix || !prefix->is_object()) return {};
    const auto address = IpAddress::parse(text_at(prefix->get_object(), "addr"));
    const auto length = number_of(prefix->get_object().if_contains("len"));
    if (!address || !length || *length < 0 || *length > static_cast<std::int64_t>(address_bits(address->family)))
        return {};
    return IpPrefix{*address, static_cast<std::uint8_t>(*length)};
}

/// {"jump": {"target": "leaving_1abc2345"}}
std::string target_of(const json::value& verdict)
{
    const auto* object = verdict.if_object();
    const auto* jump = object ? object->if_contains("jump") : nullptr;
    return jump && jump->is_object() ? std::string{text_at(jump->get_object(), "target")} : "";
}

/// Reads objects one by one; what is not as we make it is counted.
class Reading {
public:
    void take(std::string_view what, const json::object& object)
    {
        if (what == "table")
            is_table(object, "linkspan_rules") && !object.contains("flags") ? void(table_.present = true) : stray();
        else if (what == "chain")
            chain(object);
        else if (what == "rule")
            rule(object);
        else if (what == "set")
            set(object);
        else if (what == "map")
            map(object);
        else if (what == "counter")
            table_.counters.emplace(text_at(object, "name"));
        else if (what != "metainfo")
            stray();
    }

    [[nodiscard]] RulesTable done() &&
    {
        std::set<IpPrefix> leaving;
        for (const auto& jump : table_.jumps["leaving"]) leaving.insert(jump.first);
        table_.framed = strays_ == 0 && bases_ == bases().size() && sets_ == 5 && maps_ == 2 * jump_maps().size() &&
                        frame_ == frame() && remote_ == leaving;
        return std::move(table_);
    }

private:
    void stray() { strays_++; }

    void chain(const json::object& chain)
    {
        const std::string name{text_at(chain, "name")};
        const bool is_framed = frame().contains(name);
        (is_framed ? frame_ : table_.chains)[name];
        if (!chain.contains("hook")) return;
        const auto is_it = [&](const Base& base) { return is_chain(chain, base); };
        std::ranges::any_of(bases(), is_it) ? void(bases_++) : stray();
    }
    void rule(const json::object& rule)
    {
        const std::string name{text_at(rule, "chain")};
        (frame().contains(name) ? frame_ : table_.chains)[name].push_back({{}, std::string{text_at(rule, "comment")}});
    }
    template <typename Take>
    void each(const json::object& object, Take take)
    {
        const auto* elements = object.if_contains("elem");
        if (!elements) return;
        if (!elements->is_array()) return stray();
        for (const auto& element : elements->get_array())
            if (!take(element)) stray();
    }
    void set(const json::object& set)
    {
        const auto name = text_at(set, "name");
        sets_++;
        if (name == "keeps")
            return each(set, [&](const json::value& element) {
                return element.is_string() && table_.keeps.insert({std::string{element.get_string()}}).second;
            });
        auto* into = name.starts_with("remote") ? &remote_ : name.starts_with("ending") ? &table_.ending : nullptr;
        if (!into) return stray();
        each(set, [&](const json::value& element) {
            const auto network = network_of(element);
            return network && into->insert(*network).second;
        });
    }
    void map(const json::object& map)
    {
        auto name = text_at(map, "name");
        if (name.empty() || std::ranges::find(jump_maps(), name.substr(0, name.size() - 1)) == jump_maps().end())
            return stray();
        maps_++;
        auto& jumps = table_.jumps[std::string{name.substr(0, name.size() - 1)}];
        each(map, [&](const json::value& element) {
            const auto* pair = element.if_array();
            const auto network = pair && pair->size() == 2 ? network_of((*pair)[0]) : std::nullopt;
            return network && jumps.emplace(*network, target_of((*pair)[1])).second;
        });
    }

    RulesTable table_ = {};
    std::map<std::string, Lines> frame_ = {};
    std::set<IpPrefix> remote_ = {};
    std::size_t strays_ = 0, bases_ = 0, sets_ = 0, maps_ = 0;
};

} // namespace

Result<RulesTable> decode_rules(std::string_view text)
{
    const auto list = listing(text);
    if (!list) return std::unexpected(list.error());
    Reading reading;
    for_each_object(*list, [&](std::string_view what, const json::object& object) { reading.take(what, object); });
    return std::move(reading).done();
}

} // namespace linkspan::nft
