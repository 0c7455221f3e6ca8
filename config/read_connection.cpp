#include "config/profile.h"
#include "config/read_backup.h"
#include "config/read_ike.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace linkspan::config {
namespace {

constexpr std::array<std::string_view, 2> modes{"route", "policy"};
constexpr std::array<std::string_view, 2> selectors{"combined", "each"};
constexpr std::array<std::string_view, 2> interfaces{"vti", "xfrm"};
constexpr std::array<std::string_view, 3> starts{"always", "on-demand", "respond"};
constexpr std::array<std::string_view, 3> nat_traversals{"auto", "force", "none"};

/// What the person probably meant by a name that is not one.
std::string as_name(std::string_view text)
{
    std::string name;
    for (char c : text.substr(0, 63)) {
        const auto lower = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        const bool allowed =
            std::isalnum(static_cast<unsigned char>(lower)) || lower == '.' || lower == '_' || lower == '-';
        if (allowed && (!name.empty() || std::isalnum(static_cast<unsigned char>(lower))))
            name += lower;
        else if (!name.empty() && name.back() != '-')
            name += '-';
    }
    while (name.ends_with('-')) name.pop_back();
    return name.empty() ? "azure-hub" : name;
}

void read_name(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    const auto text = reader.text(key, value);
    if (!text) return;
    constexpr std::string_view first = "abcdefghijklmnopqrstuvwxyz0123456789";
    constexpr std::string_view further = "abcdefghijklmnopqrstuvwxyz0123456789._-";
    const auto& name = text->text;
    if (name.size() > 63)
        reader.error(text->span, "the name is " + std::to_string(name.size()) + " characters long", "63 are the limit");
    else if (!first.contains(name.front()) || name.find_first_not_of(further) != std::string::npos)
        reader.error(text->span, in_quotes(name) + " is not a name of a connection",
                     "use lower-case letters, digits, '.', '_' and '-', a letter or digit first: \"" + as_name(name) +
                         "\"");
    else
        into.connection.name = {name}, into.name = text->span;
}

void read_enabled(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    if (const auto found = reader.boolean(key, value)) into.connection.enabled = *found;
}

void read_profile(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    if (const auto word = reader.word(key, value)) into.connection.profile = static_cast<Vendor>(*word);
}

void read_mode(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    const auto word = reader.word(key, value);
    if (!word) return;
    into.connection.mode = *word == 0 ? Mode::Route : Mode::Policy;
    into.mode = value.span;
}

void read_selectors(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    const auto word = reader.word(key, value);
    if (!word) return;
    into.connection.selectors = *word == 0 ? Selectors::Combined : Selectors::Each;
    into.selectors = value.span;
}

void read_interface(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    const auto word = reader.word(key, value);
    if (!word) return;
    into.connection.interface = *word == 0 ? Interface::Vti : Interface::Xfrm;
    into.interface = value.span;
}

void read_start(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    constexpr std::array values{Start::Always, Start::OnDemand, Start::Respond};
    into.start = value.span;
    if (const auto word = reader.word(key, value)) into.connection.start = values[*word];
}

void read_nat_traversal(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    constexpr std::array values{NatTraversal::Auto, NatTraversal::Force, NatTraversal::None};
    if (const auto word = reader.word(key, value)) into.connection.nat_traversal = values[*word];
}

template <std::chrono::seconds Connection::* Member>
void read_duration(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    const auto found = reader.duration(key, value);
    if (!found) return;
    into.connection.*Member = *found;
    if constexpr (Member == &Connection::ike_lifetime) into.ike_lifetime = value.span;
    if constexpr (Member == &Connection::child_lifetime) into.child_lifetime = value.span;
}

void read_dpd_timeout(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    into.dpd_timeout = value.span;
    if (const auto found = reader.duration(key, value)) into.connection.dpd_timeout = *found;
}

void read_mtu(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    const auto bytes = reader.integer(key, value);
    if (!bytes) return;
    into.connection.mtu = static_cast<std::uint32_t>(*bytes);
    into.mtu = value.span;
}

void read_mss(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    const auto bytes = reader.integer(key, value);
    if (!bytes) return;
    into.connection.mss = static_cast<std::uint16_t>(*bytes);
    into.mss = value.span;
}

constexpr std::array own_fields{
    Field<ConnectionDraft>{{"name", Shape::Text, true, {}, R"("azure-hub")"}, read_name},
    Field<ConnectionDraft>{{"enabled", Shape::Boolean, false, "true", "false"}, read_enabled},
    Field<ConnectionDraft>{{"profile", Shape::Text, false, R"("generic")", R"("aws")", profile_names}, read_profile},
    Field<ConnectionDraft>{{"mode", Shape::Text, false, R"("route")", R"("route")", modes}, read_mode},
    Field<ConnectionDraft>{{"selectors", Shape::Text, false, R"("combined")", R"("combined")", selectors},
                           read_selectors},
    Field<ConnectionDraft>{{"interface", Shape::Text, false, R"("vti")", R"("xfrm")", interfaces}, read_interface},
    Field<ConnectionDraft>{{"device", Shape::Text, false, {}, R"("azure0")"}, read_device},
    Field<ConnectionDraft>{{"id", Shape::Integer, false, {}, "17", {}, 1, 0x0fff'ffff}, read_id},
    Field<ConnectionDraft>{{"peer", Shape::Text, true, {}, R"("198.51.100.7")"}, read_peer},
    Field<ConnectionDraft>{{"local_address", Shape::Text, false, {}, R"("203.0.113.10")"}, read_local_address},
    Field<ConnectionDraft>{{"through", Shape::Text, false, {}, R"("hub")"}, read_through},
    Field<ConnectionDraft>{{"local_subnets", Shape::Texts, false, "[]", R"(["10.1.0.0/16"])"}, read_local_subnets},
    Field<ConnectionDraft>{{"remote_subnets", Shape::Texts, true, {}, R"(["10.20.0.0/16"])"}, read_remote_subnets},
    Field<ConnectionDraft>{{"tunnel_address", Shape::TextOrTexts, false, {}, R"("169.254.21.2/30")"},
                           read_tunnel_address},
    Field<ConnectionDraft>{{"start", Shape::Text, false, R"("always")", R"("on-demand")", starts}, read_start},
    Field<ConnectionDraft>{{"nat_traversal", Shape::Text, false, R"("auto")", R"("force")", nat_traversals},
                           read_nat_traversal},
    Field<ConnectionDraft>{{"ike_lifetime", Shape::Duration, false, R"("4h")", R"("8h")", {}, 60, 7 * 86400},
                           read_duration<&Connection::ike_lifetime>},
    Field<ConnectionDraft>{{"child_lifetime", Shape::Duration, false, R"("1h")", R"("1h")", {}, 10, 2 * 86400},
                           read_duration<&Connection::child_lifetime>},
    Field<ConnectionDraft>{{"dpd_delay", Shape::Duration, false, R"("30s")", R"("10s")", {}, 0, 3600},
                           read_duration<&Connection::dpd_delay>},
    Field<ConnectionDraft>{{"dpd_timeout", Shape::Duration, false, R"("10s")", R"("5s")", {}, 2, 26}, read_dpd_timeout},
    Field<ConnectionDraft>{{"mtu", Shape::Integer, false, {}, "1400", {}, 576, 65535}, read_mtu},
    Field<ConnectionDraft>{{"mss", Shape::Integer, false, {}, "1350", {}, 536, 65495}, read_mss},
    Field<ConnectionDraft>{{"probe", Shape::Group, false, {}, R"({ target = "169.254.21.1" })"}, read_probe},
    Field<ConnectionDraft>{{"preempt", Shape::Boolean, false, "true", "false"}, read_preempt},
    Field<ConnectionDraft>{{"nat", Shape::Group, false, {}, R"({ remote = { "10.1.0.0/16" = "100.65.0.0/16" } })"},
                           read_nat},
    Field<ConnectionDraft>{{"transit", Shape::Texts, false, "[]", R"(["aws-hub"])"}, read_transit},
    Field<ConnectionDraft>{{"backup", Shape::Group, false, {}, R"({ peer = "192.0.2.7" })"}, read_backup},
    Field<ConnectionDraft>{{"keys", Shape::Group, false, {}, R"({ file = "/etc/linkspan/keys/factory.toml" })"},
                           read_keys},
};

constexpr auto connection_fields = joined(own_fields, ike_fields);

constexpr std::array<std::string_view, 7> later_keys{"auth", "egress", "ha", "policy", "local_traffic", "dscp", "bgp"};

/// What a missing key means, where the type's own default does not say it.
void fill_defaults(ConnectionDraft& draft, const Table& table)
{
    auto& c = draft.connection;
    if (draft.id.line == 0) c.id = id_of_name(c.name.value);
    if (draft.device.line == 0 && c.mode == Mode::Route) c.device = device_of(c.name, c.id);
    const auto written = [&](std::string_view key) {
        return std::ranges::find(table, key, &Entry::key) != table.end();
    };
    settle_family(c);
    apply_profile(profile_of(c.profile), written, c);
    if (c.peer_any && draft.start.line == 0) c.start = Start::Respond;
    fill_ike_defaults(draft);
    apply_nat(draft);
}

} // namespace

void read_connections(Reader& reader, const Key&, const Value& value, Draft& into)
{
    const auto* array = std::get_if<Array>(&value.content);
    if (!array)
        return (void)reader.error(value.span, "`connection` is a list",
                                  "begin each with `[[connection]]`, in double brackets");
    for (const auto& element : *array) {
        const auto* table = std::get_if<Table>(&element.content);
        if (!table) {
            reader.error(element.span, "`connection` is a list of tables", "begin each with `[[connection]]`");
            continue;
        }
        auto& draft = into.connections.emplace_back();
        draft.file = reader.file();
        draft.header = element.span;
        draft.connection.pos = reader.pos(element.span);
        const auto seen =
            read_fields(reader, "[[connection]]", connection_fields, later_keys, *table, element.span, draft);
        static_assert(connection_fields[own_fields.size()].key.name == "psk");
        draft.has_psk = seen[own_fields.size()];
        static_assert(own_fields.back().key.name == "keys");
        draft.has_keys = seen[own_fields.size() - 1];
        fill_defaults(draft, *table);
        const auto backup = std::ranges::find(*table, "backup", &Entry::key);
        if (backup != table->end()) add_backup(reader, backup->value, into);
    }
}

KeyTable connection_keys()
{
    return key_table("[[connection]]", connection_fields, later_keys);
}

} // namespace linkspan::config
