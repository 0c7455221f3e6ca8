#pragma once

#include <boost/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace linkspan::takeover {

/// Of an answer of somebody else: nothing where it is no JSON object, or nested deeper than any API's.
[[nodiscard]] inline std::optional<boost::json::object> object_of(std::string_view text)
{
    boost::json::error_code error;
    boost::json::parse_options options;
    options.max_depth = 32;
    auto value = boost::json::parse(text, error, {}, options);
    if (error || !value.is_object()) return {};
    return std::move(value.as_object());
}

[[nodiscard]] inline std::string text_in(const boost::json::object& object, std::string_view key)
{
    const auto* value = object.if_contains(key);
    return value && value->is_string() ? std::string{value->as_string()} : std::string{};
}
[[nodiscard]] inline const boost::json::object* object_in(const boost::json::object& object, std::string_view key)
{
    const auto* value = object.if_contains(key);
    return value ? value->if_object() : nullptr;
}
[[nodiscard]] inline boost::json::object* object_in(boost::json::object& object, std::string_view key)
{
    auto* value = object.if_contains(key);
    return value ? value->if_object() : nullptr;
}

} // namespace linkspan::takeover
