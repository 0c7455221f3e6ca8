#include "cli/explain.h"

#include "cli/fields.h"
#include "cli/table.h"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace linkspan::cli {
namespace {

namespace json = boost::json;
using config::Origin;
using config::Setting;

/// The value as JSON: text, number, boolean and list are written in TOML as they are there. A table is text.
json::value value_of(const Setting& setting)
{
    if (setting.value.empty()) return nullptr;
    boost::system::error_code error;
    auto value = json::parse(setting.value, error);
    return error ? json::value(json::string(setting.value)) : value;
}

json::value text_or_null(const std::string& text)
{
    return text.empty() ? json::value(nullptr) : json::value(json::string(text));
}

json::object object_of(const Setting& setting)
{
    return {
        {"key", setting.key},
        {"value", value_of(setting)},
        {"origin", config::name_of(setting.origin)},
        {"from", setting.from},
        {"file", text_or_null(setting.pos.file ? *setting.pos.file : std::string{})},
        {"line", setting.pos.line},
        {"column", setting.pos.column},
    };
}

/// The lines a value takes.
std::vector<std::string> lines_of(const Setting& setting)
{
    if (setting.value.empty()) return {"-"};
    const auto value = value_of(setting);
    const auto* array = value.if_array();
    if (!array || array->size() < 2) return {printable(setting.value, false)};
    std::vector<std::string> lines;
    for (const auto& element : *array) lines.push_back(printable(json::serialize(element), false));
    return lines;
}

/// Where it comes from in a word or a place. Why something was computed is a sentence, which would make the column wide:
/// it stands behind the value.
Cell origin_of(const Setting& setting, const std::string& directory, const Style& style)
{
    if (setting.origin == Origin::Computed) return {"computed", style.faint("computed")};
    std::string_view from = setting.from;
    if (setting.origin == Origin::File && from.starts_with(directory)) from.remove_prefix(directory.size());
    const auto shown = printable(from, false);
    return {shown, setting.origin == Origin::File ? style.good(shown) : style.faint(shown)};
}

} // namespace

std::string render_explanation(const Explanation& explanation, const Style& style)
{
    std::vector<Row> rows;
    for (const auto& setting : explanation.settings) {
        auto lines = lines_of(setting);
        if (setting.origin == Origin::Computed) lines[0] += "  (" + printable(setting.from, false) + ")";
        rows.push_back({setting.key, origin_of(setting, explanation.directory, style), lines[0]});
        for (std::size_t i = 1; i < lines.size(); ++i) rows.push_back({"", "", lines[i]});
    }
    return style.strong(explanation.connection) + '\n' + layout(rows, "  ");
}

json::value json_of(const Explanation& explanation)
{
    json::array settings;
    for (const auto& setting : explanation.settings) settings.push_back(object_of(setting));
    return json::object{
        {"connection", explanation.connection},
        {"assumed_uplink_mtu", config::assumed_uplink_mtu},
        {"settings", settings},
    };
}

} // namespace linkspan::cli
