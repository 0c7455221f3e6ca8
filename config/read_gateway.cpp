#include "config/read.h"

#include <array>

namespace linkspan::config {
namespace {

/// Less than the kernel takes: '%' would be a pattern to it, and quotes and spaces hurt everywhere else.
constexpr std::string_view name_characters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.+@";
constexpr std::size_t longest_socket_path = 107; // sun_path without its NUL, unix(7)

void read_name(Reader& reader, const Key& key, const Value& value, GatewayDraft& into)
{
    if (auto text = reader.text(key, value)) into.name = std::move(text->text);
}

void read_uplink(Reader& reader, const Key& key, const Value& value, GatewayDraft& into)
{
    const auto text = reader.text(key, value);
    if (!text) return;
    if (auto name = link_name(reader, key, *text)) into.uplink = {*std::move(name), text->span};
}

bool is_unicast(Reader& reader, const Key& key, const IpAddress& address, const Span& at)
{
    if (!address.is_unspecified() && !address.is_loopback() && !address.is_multicast()) return true;
    reader.error(at, "`" + std::string{key.name} + "`: " + address.text() + " is not an address of a network card",
                 "give the address that the uplink has, or leave the key out: the uplink's first global one is used");
    return false;
}

void read_address(Reader& reader, const Key& key, const Value& value, GatewayDraft& into)
{
    for (const auto& text : reader.texts(key, value)) {
        const auto address = reader.parsed<IpAddress>(key, text);
        if (!address || !is_unicast(reader, key, *address, text.span)) continue;
        for (const auto& other : into.addresses)
            if (other.value.family == address->family)
                reader.error(
                    text.span, "a second address of the same family, after " + other.value.text(),
                    "give at most one IPv4 and one IPv6 address; a connection may have its own `local_address`");
        into.addresses.push_back({*address, text.span});
    }
}

void read_lan(Reader& reader, const Key& key, const Value& value, GatewayDraft& into)
{
    for (const auto& text : reader.texts(key, value)) {
        auto name = link_name(reader, key, text);
        if (!name) continue;
        for (const auto& other : into.lan)
            if (other.value == *name)
                reader.error(text.span, "`lan` names " + in_quotes(name->value) + " twice", "remove one of them");
        into.lan.push_back({*std::move(name), text.span});
    }
}

void read_socket(Reader& reader, const Key& key, const Value& value, IkeDraft& into)
{
    const auto text = reader.text(key, value);
    if (!text) return;
    if (!text->text.starts_with('/'))
        reader.error(text->span, "`socket` is not an absolute path", Reader::example(key));
    else if (text->text.size() > longest_socket_path)
        reader.error(text->span, "`socket` is longer than the 107 bytes a socket's path may have", "shorten the path");
    else
        into.ike.socket = text->text;
}

constexpr std::array gateway_fields{
    Field<GatewayDraft>{{"name", Shape::Text, false, {}, R"("edge-1")"}, read_name},
    Field<GatewayDraft>{{"uplink", Shape::Text, true, {}, R"("wan0")"}, read_uplink},
    Field<GatewayDraft>{{"address", Shape::TextOrTexts, false, {}, R"("203.0.113.10")"}, read_address},
    Field<GatewayDraft>{{"lan", Shape::Texts, false, "[]", R"(["lan0"])"}, read_lan},
};
constexpr std::array ike_fields{
    Field<IkeDraft>{{"socket", Shape::Text, false, R"("/run/linkspan-ike/charon.vici")", R"("/run/charon.vici")"},
                    read_socket},
};

/// The table under `key`, reported where it is none or where `first` has one already.
template <typename T>
const Table* only_table(Reader& reader, const Key& key, const Value& value, const std::optional<T>& first)
{
    const auto* table = std::get_if<Table>(&value.content);
    const std::string header = "[" + std::string{key.name} + "]";
    if (!table) {
        reader.error(value.span, "`" + std::string{key.name} + "` must be one table", "begin it with `" + header + "`");
        return nullptr;
    }
    if (!first) return table;
    reader.error(value.span,
                 "a second " + header + ", after " + *first->file + ":" + std::to_string(first->header.line),
                 "there is one for all files; put the keys there");
    return nullptr;
}

} // namespace

void read_gateway(Reader& reader, const Key& key, const Value& value, Draft& into)
{
    const auto* table = only_table(reader, key, value, into.gateway);
    if (!table) return;
    auto& gateway = into.gateway.emplace();
    gateway.file = reader.file();
    gateway.header = value.span;
    read_fields(reader, "[gateway]", gateway_fields, {}, *table, value.span, gateway);
}

void read_ike(Reader& reader, const Key& key, const Value& value, Draft& into)
{
    const auto* table = only_table(reader, key, value, into.ike);
    if (!table) return;
    auto& ike = into.ike.emplace();
    ike.file = reader.file();
    ike.header = value.span;
    read_fields(reader, "[ike]", ike_fields, {}, *table, value.span, ike);
}

KeyTable gateway_keys()
{
    return key_table("[gateway]", gateway_fields, {});
}

KeyTable ike_keys()
{
    return key_table("[ike]", ike_fields, {});
}

std::optional<LinkName> link_name(Reader& reader, const Key& key, const Written& text)
{
    const auto& name = text.text;
    const auto what = "`" + std::string{key.name} + "`: " + in_quotes(name);
    if (name.size() > 15)
        reader.error(text.span, what + " is " + std::to_string(name.size()) + " bytes long",
                     "the kernel takes interface names of at most 15 bytes");
    else if (name.find_first_not_of(name_characters) != std::string::npos || name == "." || name == "..")
        reader.error(text.span, what + " is not an interface name",
                     "use letters, digits, '-', '_', '.', '+' and '@' only");
    else if (name == "lo" || name == "all" || name == "default")
        reader.error(text.span, what + " is a name the kernel uses itself", "use another interface");
    else
        return LinkName{name};
    return {};
}

} // namespace linkspan::config
