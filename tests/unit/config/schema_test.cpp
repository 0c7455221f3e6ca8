#include "config/config.h"
#include "config/keys.h"
#include "config/load.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>

namespace linkspan::config {
namespace {

namespace json = boost::json;

std::string read(const std::string& path)
{
    std::ifstream file{std::string{LINKSPAN_SOURCE_DIR} + path};
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

const json::value& schema()
{
    static const json::value value = json::parse(read("/config/linkspan.schema.json"));
    return value;
}

/// The schema of a table of ours, by its header.
const json::object& schema_of(std::string_view header)
{
    const auto at = [](const char* pointer) -> const json::object& { return schema().at_pointer(pointer).as_object(); };
    if (header == "[gateway]") return at("/properties/gateway");
    if (header == "[ike]") return at("/properties/ike");
    if (header == "[ha]") return at("/properties/ha");
    if (header == "secret") return at("/properties/ha/properties/secret");
    if (header.starts_with("[ha."))
        return at(("/properties/ha/properties/" + std::string{header.substr(4, header.size() - 5)}).c_str());
    if (header == "[[connection]]") return at("/properties/connection/items");
    if (header == "psk") return at("/properties/connection/items/properties/psk");
    if (header == "[connection.backup]") return at("/properties/connection/items/properties/backup");
    if (header == "probe") return at("/properties/connection/items/properties/probe");
    if (header == "[[connection.nat.rules]]")
        return at("/properties/connection/items/properties/nat/properties/rules/items");
    if (header == "[connection.nat]") return at("/properties/connection/items/properties/nat");
    if (header == "keys") return at("/properties/connection/items/properties/keys");
    if (header == "key") return at("/properties/connection/items/properties/key");
    if (header == "[egress]") return at("/properties/egress");
    if (header == "[egress.limits]") return at("/properties/egress/properties/limits");
    if (header == "[[egress.tag]]") return at("/properties/egress/properties/tag/items");
    if (header == "[[egress.policy]]") return at("/properties/egress/properties/policy/items");
    return schema().as_object();
}

std::set<std::string> strings(const json::value* array)
{
    std::set<std::string> all;
    if (array)
        for (const auto& element : array->as_array()) all.emplace(element.as_string());
    return all;
}

/// The JSON types a shape allows, as a set of what "type" may say, through oneOf.
std::set<std::string> types_in(const json::object& property)
{
    std::set<std::string> types;
    if (const auto* type = property.if_contains("type"))
        types.emplace(type->as_string());
    else if (const auto* choices = property.if_contains("oneOf"))
        for (const auto& choice : choices->as_array()) types.emplace(choice.at("type").as_string());
    return types;
}

bool is_list(const Key& key)
{
    return key.name == "connection" || key.name == "tag" || key.name == "policy";
}

std::set<std::string> types_of(const Key& key)
{
    switch (key.shape) {
    case Shape::Text: return {"string"};
    case Shape::Texts: return {"array"};
    case Shape::TextOrTexts: return {"string", "array"};
    case Shape::Boolean: return {"boolean"};
    case Shape::Integer: return {"integer"};
    case Shape::Duration: return {"string", "integer"};
    case Shape::Group: return {is_list(key) ? "array" : "object"};
    case Shape::Groups: return {"array"};
    case Shape::Networks: return {"object"};
    case Shape::Port: return {"integer", "string"};
    }
    return {};
}

void check_range(const Key& key, const json::object& property)
{
    const auto* bounded = &property;
    if (key.shape == Shape::Duration)
        bounded = &property.at("oneOf").as_array().at(1).as_object();
    else if (key.shape != Shape::Integer)
        return;
    EXPECT_EQ(bounded->at("minimum").as_int64(), key.least);
    EXPECT_EQ(bounded->at("maximum").as_int64(), key.most);
}

class SchemaOfTable : public testing::TestWithParam<KeyTable> {};

TEST_P(SchemaOfTable, HasTheParsersKeysAndNoOthers)
{
    const auto& table = schema_of(GetParam().header);
    std::set<std::string> ours;
    std::set<std::string> required;
    for (const auto& key : GetParam().keys) {
        ours.emplace(key.name);
        if (key.required) required.emplace(key.name);
    }
    std::set<std::string> theirs;
    for (const auto& [name, property] : table.at("properties").as_object()) theirs.emplace(name);
    EXPECT_EQ(theirs, ours);
    EXPECT_EQ(strings(table.if_contains("required")), required);
    EXPECT_FALSE(table.at("additionalProperties").as_bool());
}

TEST_P(SchemaOfTable, HasTheParsersTypesWordsRangesAndDefaults)
{
    for (const auto& key : GetParam().keys) {
        SCOPED_TRACE(key.name);
        const auto& property = schema_of(GetParam().header).at("properties").at(key.name).as_object();
        EXPECT_EQ(types_in(property), types_of(key));
        EXPECT_EQ(strings(property.if_contains("enum")), (std::set<std::string>{key.words.begin(), key.words.end()}));
        check_range(key, property);
        const auto* fallback = property.if_contains("default");
        ASSERT_EQ(fallback != nullptr, !key.fallback.empty());
        // Our defaults happen to be written the same in TOML and in JSON.
        if (fallback) { EXPECT_EQ(*fallback, json::parse(std::string{key.fallback})); }
        EXPECT_FALSE(property.at("description").as_string().empty());
    }
}

INSTANTIATE_TEST_SUITE_P(Config, SchemaOfTable, testing::ValuesIn(key_tables()), [](const auto& table) {
    std::string name;
    for (char c : table.param.header)
        if (std::isalnum(static_cast<unsigned char>(c))) name += c;
    return name.empty() ? "top" : name;
});

const std::string least =
    "[gateway]\nuplink = \"wan0\"\n@gateway@\n[ike]\n@ike@\n[[connection]]\nname = \"a\"\n"
    "peer = \"198.51.100.7\"\npsk = { file = \"/k\" }\nremote_subnets = [\"10.20.0.0/16\"]\n@connection@\n"
    "[egress]\n@egress@\n[egress.limits]\n@egress.limits@\n[[egress.tag]]\nname = \"patching\"\n@egress.tag@\n"
    "[[egress.policy]]\nsources = [\"10.1.0.0/24\"]\n@egress.policy@\n";

/// The same with certificates in place of the secret, and without the key `but`.
const std::set<std::string_view> names_x509{"certificate", "key", "ca", "remote_certificate", "crl", "revocation"};
std::string with_x509(std::string_view but)
{
    auto text = least;
    std::string lines = "remote_id = \"hub\"\n";
    for (const std::string line : {"certificate = \"/c\"\n", "key = { file = \"/k\" }\n", "ca = \"/a\"\n"})
        if (!line.starts_with(std::string{but} + " ")) lines += line;
    const std::string psk = "psk = { file = \"/k\" }\n";
    return text.replace(text.find(psk), psk.size(), lines);
}

std::string with_line(std::string text, const std::string& old, const std::string& line)
{
    return text.replace(text.find(old), old.size(), line);
}

/// The file that the example of a key fits into.
std::string file_for(std::string_view key)
{
    if (names_x509.contains(key)) return with_x509(key);
    if (key == "keys") {
        const std::string psk = "psk = { file = \"/k\" }\n";
        auto text = least;
        return text.erase(text.find(psk), psk.size());
    }
    if (key == "allow" || key == "deny" || key == "other_resolvers")
        return with_line(least, "[egress]\n", "[egress]\nresolvers = [\"9.9.9.9\"]\n");
    if (key == "limits") return with_line(least, "[egress.limits]\n", "");
    if (key == "through")
        return with_line(least, "@connection@\n", "interface = \"xfrm\"\n@connection@\n") +
               "[[connection]]\nname = \"hub\"\npeer = \"192.0.2.7\"\npsk = { file = \"/k\" }\n"
               "remote_subnets = [\"10.30.0.0/16\"]\ntunnel_address = \"169.254.21.2/30\"\n";
    if (key != "transit") return least;
    return least + "[[connection]]\nname = \"aws-hub\"\npeer = \"192.0.2.7\"\npsk = { file = \"/k\" }\n"
                   "remote_subnets = [\"10.30.0.0/16\"]\n";
}

std::string with(std::string text, const std::string& mark, const std::string& line)
{
    if (const auto at = text.find(mark); at != std::string::npos) text.replace(at, mark.size(), line);
    for (const std::string other :
         {"@gateway@", "@ike@", "@connection@", "@egress@", "@egress.limits@", "@egress.tag@", "@egress.policy@"})
        if (const auto at = text.find(other); at != std::string::npos) text.erase(at, other.size());
    return text;
}

std::string mark_of(std::string_view header)
{
    const auto begin = header.find_first_not_of('[');
    return "@" + std::string{header.substr(begin, header.find(']') - begin)} + "@";
}

std::string texts_of(const Proposals& proposals)
{
    std::string text;
    for (const auto& p : proposals) text += p.text + "\n";
    return text;
}

std::string summary(const Egress& e)
{
    const auto& tag = e.tags.at(0);
    const auto& policy = e.policies.at(0);
    std::ostringstream text;
    text << int(e.mode) << e.resolvers.size() << int(e.other_resolvers) << int(e.dot) << int(e.doh) << int(e.sni)
         << int(e.nat) << int(e.private_ranges) << e.private_answers.size() << ' ' << e.minimum_ttl.count() << ' '
         << e.maximum_ttl.count() << ' ' << e.grace.count() << ' ' << e.limits.addresses << ' '
         << e.limits.addresses_per_client << ' ' << e.limits.addresses_per_answer << ' '
         << e.limits.questions_per_client << ' ' << e.limits.held << ' ' << e.limits.log_rate << ' ' << tag.allow.size()
         << tag.deny.size() << policy.tags.size() << int(policy.fallback) << policy.pass_through.size();
    return text.str();
}

/// What of a configuration a default can show in.
std::string summary(const Config& config)
{
    const auto& c = config.connections.at(0);
    std::ostringstream text;
    text << config.gateway.name << config.gateway.lan.size() << config.ike.socket << '\n'
         << c.enabled << int(c.interface) << c.device.value << c.id.value << int(c.start) << int(c.nat_traversal)
         << '\n'
         << texts_of(c.ike_proposals) << texts_of(c.esp_proposals) << c.ike_lifetime.count() << ' '
         << c.child_lifetime.count() << ' ' << c.dpd_delay.count() << ' ' << c.replay_window << ' '
         << c.local_subnets.size() << c.mtu.value_or(0) << c.mss.value_or(0) << ' ' << c.x509.has_value()
         << c.ike.version << c.ike.aggressive << int(c.ike.fragmentation) << int(c.ike.dscp) << ' ' << c.sa.bytes << ' '
         << c.sa.packets << int(c.sa.copy_dscp) << c.sa.copy_df << c.sa.copy_ecn;
    return text.str() + summary(*config.egress);
}

TEST(KeyTables, SayWhatAMissingKeyMeans)
{
    const auto without = load({{"t", with(least, "", "")}});
    ASSERT_TRUE(without.config);
    for (const auto& table : key_tables())
        for (const auto& key : table.keys) {
            if (key.fallback.empty()) continue;
            const auto line = std::string{key.name} + " = " + std::string{key.fallback};
            const auto written = load({{"t", with(least, mark_of(table.header), line)}});
            ASSERT_TRUE(written.config) << line;
            EXPECT_EQ(summary(*written.config), summary(*without.config)) << line;
        }
}

TEST(KeyTables, HaveExamplesThatLoad)
{
    for (const auto& table : key_tables()) {
        if (table.header.empty() || table.header == "psk" || table.header == "secret" ||
            table.header.starts_with("[ha") || table.header == "key" || table.header == "keys")
            continue;
        for (const auto& key : table.keys) {
            if (is_list(key) || key.required || least.contains("\n" + std::string{key.name} + " = "))
                continue; // stands in the file already, like the example
            const auto line = std::string{key.name} + " = " + std::string{key.example};
            const auto loaded = load({{"t", with(file_for(key.name), mark_of(table.header), line)}});
            EXPECT_TRUE(loaded.config) << line << ": "
                                       << (loaded.diagnostics.empty() ? "" : loaded.diagnostics[0].message);
        }
    }
}

} // namespace
} // namespace linkspan::config
