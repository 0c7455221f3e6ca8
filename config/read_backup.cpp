#include "config/read_backup.h"

#include "config/read_ike.h"

namespace linkspan::config {
namespace {

constexpr std::chrono::milliseconds shortest_interval{50};
constexpr std::chrono::milliseconds longest_interval{10'000};

void read_target(Reader& reader, const Key& key, const Value& value, Probe& into)
{
    const auto text = reader.text(key, value);
    if (!text) return;
    const auto address = IpAddress::parse(text->text);
    if (!address)
        reader.error(text->span, "`target`: " + in_quotes(text->text) + " is not an IP address", Reader::example(key));
    else if (address->is_unspecified() || address->is_loopback() || address->is_multicast())
        reader.error(text->span, "`target`: " + address->text() + " is no host behind the tunnel",
                     "give an address that answers echo requests: best the peer's own inside the tunnel");
    else
        into.target = *address;
}

void read_interval(Reader& reader, const Key& key, const Value& value, Probe& into)
{
    if (const auto found = reader.interval(key, value, shortest_interval, longest_interval)) into.interval = *found;
}

void read_lost(Reader& reader, const Key& key, const Value& value, Probe& into)
{
    if (const auto count = reader.integer(key, value)) into.lost = static_cast<std::uint32_t>(*count);
}

constexpr std::array probe_fields{
    Field<Probe>{{"target", Shape::Text, true, {}, R"("169.254.21.1")"}, read_target},
    Field<Probe>{{"interval", Shape::Text, false, R"("200ms")", R"("200ms")"}, read_interval},
    Field<Probe>{{"lost", Shape::Integer, false, "3", "5", {}, 1, 100}, read_lost},
};

constexpr std::array backup_fields{
    Field<ConnectionDraft>{{"peer", Shape::Text, true, {}, R"("192.0.2.7")"}, read_peer},
    Field<ConnectionDraft>{{"psk", Shape::Group, false, {}, R"({ credential = "azure-hub-2.psk" })"}, read_psk},
    Field<ConnectionDraft>{{"local_id", Shape::Text, false, {}, R"("edge-1.example.org")"}, read_local_id},
    Field<ConnectionDraft>{{"remote_id", Shape::Text, false, {}, R"("hub-2.example.org")"}, read_remote_id},
    Field<ConnectionDraft>{{"local_address", Shape::Text, false, {}, R"("203.0.113.11")"}, read_local_address},
    Field<ConnectionDraft>{{"tunnel_address", Shape::TextOrTexts, false, {}, R"("169.254.22.2/30")"},
                           read_tunnel_address},
    Field<ConnectionDraft>{{"id", Shape::Integer, false, {}, "18", {}, 1, 0x0fff'ffff}, read_id},
    Field<ConnectionDraft>{{"device", Shape::Text, false, {}, R"("azure1")"}, read_device},
    Field<ConnectionDraft>{{"probe", Shape::Group, false, {}, R"({ target = "169.254.22.1" })"}, read_probe},
};

/// What of its connection a backup begins with.
ConnectionDraft begin_backup(const ConnectionDraft& primary, const Span& at)
{
    auto draft = primary;
    auto& c = draft.connection;
    c.name = backup_name(primary.connection.name);
    c.backup.reset();
    c.backup_of = primary.connection.name;
    c.probe.reset();
    c.tunnel_addresses.clear();
    draft.tunnel_addresses.clear();
    draft.header = draft.name = at;
    draft.id = draft.device = draft.peer = draft.probe = draft.dpd_timeout = draft.preempt = draft.backup = {};
    return draft;
}

} // namespace

bool is_inherited(std::string_view key)
{
    constexpr std::array<std::string_view, 7> own{"name",  "id",      "device", "tunnel_address",
                                                  "probe", "preempt", "backup"};
    return std::ranges::find(own, key) == own.end();
}

ConnectionName backup_name(const ConnectionName& primary)
{
    return {primary.value + "+backup"};
}

void read_device(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    const auto text = reader.text(key, value);
    if (!text) return;
    auto name = link_name(reader, key, *text);
    if (!name) return;
    into.connection.device = *std::move(name);
    into.device = text->span;
}

void read_id(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    const auto id = reader.integer(key, value);
    if (!id) return;
    into.connection.id = {connection_id_first | static_cast<std::uint32_t>(*id)};
    into.id = value.span;
}

void read_probe(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    const auto* table = std::get_if<Table>(&value.content);
    if (!table) return reader.wrong_type(key, value);
    Probe probe;
    const auto seen = read_fields(reader, key.name, probe_fields, {}, *table, value.span, probe);
    if (!seen[0]) return;
    into.connection.probe = std::move(probe);
    into.probe = value.span;
}

void read_preempt(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    into.preempt = value.span;
    if (const auto found = reader.boolean(key, value)) into.connection.preempt = *found;
}

void read_backup(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    if (!std::holds_alternative<Table>(value.content)) return reader.wrong_type(key, value);
    into.backup = value.span;
}

void add_backup(Reader& reader, const Value& value, Draft& into)
{
    const auto* table = std::get_if<Table>(&value.content);
    if (!table) return;
    auto& primary = into.connections.back();
    auto draft = begin_backup(primary, value.span);
    read_fields(reader, "[connection.backup]", backup_fields, {}, *table, value.span, draft);
    auto& c = draft.connection;
    settle_family(c);
    c.pos = reader.pos(value.span);
    if (draft.id.line == 0) c.id = id_of_name(c.name.value);
    if (draft.device.line == 0 && c.mode == Mode::Route) c.device = device_of(c.name, c.id);
    primary.connection.backup = c.name;
    into.connections.push_back(std::move(draft));
}

KeyTable backup_keys()
{
    return key_table("[connection.backup]", backup_fields, {});
}

KeyTable probe_keys()
{
    return key_table("probe", probe_fields, {});
}

} // namespace linkspan::config
