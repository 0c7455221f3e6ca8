#include "cli/fields.h"

#include <boost/json.hpp>

namespace linkspan::cli {

namespace json = boost::json;

namespace {

std::string_view raw(const json::object& object, std::string_view key)
{
    const json::value* value = object.if_contains(key);
    const json::string* found = value == nullptr ? nullptr : value->if_string();
    return found == nullptr ? std::string_view{} : std::string_view(found->data(), found->size());
}

const json::array& list(const json::object& object, std::string_view key)
{
    static const json::array none;
    const json::value* value = object.if_contains(key);
    return value != nullptr && value->is_array() ? value->get_array() : none;
}

/// C0, DEL, and C1 in its UTF-8 form (0xc2 0x80-0x9f), which some terminals obey as well.
bool is_control(std::string_view bytes, std::size_t at)
{
    const auto byte = static_cast<unsigned char>(bytes[at]);
    if (byte < 0x20 || byte == 0x7f) return true;
    return byte == 0xc2 && at + 1 < bytes.size() && static_cast<unsigned char>(bytes[at + 1]) < 0xa0;
}

} // namespace

std::string printable(std::string_view bytes, bool keep_lines)
{
    std::string clean;
    clean.reserve(bytes.size());
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (!is_control(bytes, i) || (keep_lines && bytes[i] == '\n')) {
            clean += bytes[i];
            continue;
        }
        clean += '?';
        if (bytes[i] == '\xc2') ++i;
    }
    return clean;
}

std::string text(const json::object& object, std::string_view key)
{
    return printable(raw(object, key), false);
}

std::string lines(const json::object& object, std::string_view key)
{
    return printable(raw(object, key), true);
}

std::uint64_t number(const json::object& object, std::string_view key)
{
    const json::value* value = object.if_contains(key);
    if (value == nullptr) return 0;
    if (value->is_uint64()) return value->get_uint64();
    return value->is_int64() && value->get_int64() > 0 ? static_cast<std::uint64_t>(value->get_int64()) : 0;
}

bool flag(const json::object& object, std::string_view key)
{
    const json::value* value = object.if_contains(key);
    return value != nullptr && value->is_bool() && value->get_bool();
}

const json::object& member(const json::object& object, std::string_view key)
{
    static const json::object none;
    const json::value* value = object.if_contains(key);
    return value != nullptr && value->is_object() ? value->get_object() : none;
}

std::vector<const json::object*> objects(const json::object& object, std::string_view key)
{
    std::vector<const json::object*> found;
    for (const json::value& value : list(object, key))
        if (value.is_object()) found.push_back(&value.get_object());
    return found;
}

std::string joined(const json::object& object, std::string_view key, std::string_view separator)
{
    std::string all;
    for (const json::value& value : list(object, key)) {
        if (!value.is_string()) continue;
        if (!all.empty()) all += separator;
        all += printable({value.get_string().data(), value.get_string().size()}, false);
    }
    return all;
}

} // namespace linkspan::cli
