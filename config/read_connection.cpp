#include "config/read.h"

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

/// AEAD first, then what every IKEv2 peer has. ESP lists each suite with a group for forward secrecy and then without:
/// a peer without groups would otherwise refuse the first rekeying, an hour after all looked well.
constexpr std::array<std::string_view, 2> default_ike{
    "aes256gcm16-aes128gcm16-prfsha384-prfsha256-ecp384-x25519-ecp256-modp3072-modp2048",
    "aes256-aes128-sha384-sha256-ecp384-x25519-ecp256-modp3072-modp2048",
};
constexpr std::array<std::string_view, 4> default_esp{
    "aes256gcm16-aes128gcm16-ecp384-x25519-ecp256-modp3072-modp2048",
    "aes256gcm16-aes128gcm16",
    "aes256-aes128-sha256-ecp384-x25519-ecp256-modp3072-modp2048",
    "aes256-aes128-sha256",
};

std::string tick(const Key& key)
{
    return "`" + std::string{key.name} + "`";
}

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

template <std::string Connection::* Member>
void read_identity(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    if (auto text = reader.text(key, value)) into.connection.*Member = std::move(text->text);
}

void read_start(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    constexpr std::array values{Start::Always, Start::OnDemand, Start::Respond};
    if (const auto word = reader.word(key, value)) into.connection.start = values[*word];
}

void read_nat_traversal(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    constexpr std::array values{NatTraversal::Auto, NatTraversal::Force, NatTraversal::None};
    if (const auto word = reader.word(key, value)) into.connection.nat_traversal = values[*word];
}

template <std::vector<Proposal> Connection::* Member, Proposal::Use Use>
void read_proposals(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    const auto texts = reader.texts(key, value);
    if (const auto* array = std::get_if<Array>(&value.content); array && array->empty())
        reader.error(value.span, tick(key) + " is empty", Reader::example(key) + ", or leave the key out");
    for (const auto& text : texts) {
        auto proposal = Proposal::parse(text.text, Use);
        if (proposal)
            (into.connection.*Member).push_back(*std::move(proposal));
        else
            reader.error(text.span, tick(key) + ": " + in_quotes(text.text) + " is no proposal", proposal.error().what);
    }
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

void read_replay_window(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    if (const auto packets = reader.integer(key, value))
        into.connection.replay_window = static_cast<std::uint32_t>(*packets);
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

constexpr std::array connection_fields{
    Field<ConnectionDraft>{{"name", Shape::Text, true, {}, R"("azure-hub")"}, read_name},
    Field<ConnectionDraft>{{"enabled", Shape::Boolean, false, "true", "false"}, read_enabled},
    Field<ConnectionDraft>{{"mode", Shape::Text, false, R"("route")", R"("route")", modes}, read_mode},
    Field<ConnectionDraft>{{"selectors", Shape::Text, false, R"("combined")", R"("combined")", selectors},
                           read_selectors},
    Field<ConnectionDraft>{{"interface", Shape::Text, false, R"("vti")", R"("xfrm")", interfaces}, read_interface},
    Field<ConnectionDraft>{{"device", Shape::Text, false, {}, R"("azure0")"}, read_device},
    Field<ConnectionDraft>{{"id", Shape::Integer, false, {}, "17", {}, 1, 0x0fff'ffff}, read_id},
    Field<ConnectionDraft>{{"peer", Shape::Text, true, {}, R"("198.51.100.7")"}, read_peer},
    Field<ConnectionDraft>{{"local_address", Shape::Text, false, {}, R"("203.0.113.10")"}, read_local_address},
    Field<ConnectionDraft>{{"psk", Shape::Group, true, {}, R"({ credential = "azure-hub.psk" })"}, read_psk},
    Field<ConnectionDraft>{{"local_id", Shape::Text, false, {}, R"("edge-1.example.org")"},
                           read_identity<&Connection::local_id>},
    Field<ConnectionDraft>{{"remote_id", Shape::Text, false, {}, R"("hub.example.org")"},
                           read_identity<&Connection::remote_id>},
    Field<ConnectionDraft>{{"local_subnets", Shape::Texts, false, "[]", R"(["10.1.0.0/16"])"}, read_local_subnets},
    Field<ConnectionDraft>{{"remote_subnets", Shape::Texts, true, {}, R"(["10.20.0.0/16"])"}, read_remote_subnets},
    Field<ConnectionDraft>{{"tunnel_address", Shape::TextOrTexts, false, {}, R"("169.254.21.2/30")"},
                           read_tunnel_address},
    Field<ConnectionDraft>{{"start", Shape::Text, false, R"("always")", R"("on-demand")", starts}, read_start},
    Field<ConnectionDraft>{{"nat_traversal", Shape::Text, false, R"("auto")", R"("force")", nat_traversals},
                           read_nat_traversal},
    Field<ConnectionDraft>{{"ike_proposals", Shape::Texts, false,
                            R"(["aes256gcm16-aes128gcm16-prfsha384-prfsha256-ecp384-x25519-ecp256-modp3072-modp2048", )"
                            R"("aes256-aes128-sha384-sha256-ecp384-x25519-ecp256-modp3072-modp2048"])",
                            R"(["aes256gcm16-prfsha384-ecp384"])"},
                           read_proposals<&Connection::ike_proposals, Proposal::Use::Ike>},
    Field<ConnectionDraft>{
        {"esp_proposals", Shape::Texts, false,
         R"(["aes256gcm16-aes128gcm16-ecp384-x25519-ecp256-modp3072-modp2048", "aes256gcm16-aes128gcm16", )"
         R"("aes256-aes128-sha256-ecp384-x25519-ecp256-modp3072-modp2048", "aes256-aes128-sha256"])",
         R"(["aes256gcm16-ecp384"])"},
        read_proposals<&Connection::esp_proposals, Proposal::Use::Esp>},
    Field<ConnectionDraft>{{"ike_lifetime", Shape::Duration, false, R"("4h")", R"("8h")", {}, 60, 7 * 86400},
                           read_duration<&Connection::ike_lifetime>},
    Field<ConnectionDraft>{{"child_lifetime", Shape::Duration, false, R"("1h")", R"("1h")", {}, 10, 2 * 86400},
                           read_duration<&Connection::child_lifetime>},
    Field<ConnectionDraft>{{"dpd_delay", Shape::Duration, false, R"("30s")", R"("10s")", {}, 0, 3600},
                           read_duration<&Connection::dpd_delay>},
    Field<ConnectionDraft>{{"replay_window", Shape::Integer, false, "128", "1024", {}, 0, 4096}, read_replay_window},
    Field<ConnectionDraft>{{"mtu", Shape::Integer, false, {}, "1400", {}, 576, 65535}, read_mtu},
    Field<ConnectionDraft>{{"mss", Shape::Integer, false, {}, "1350", {}, 536, 65495}, read_mss},
};

constexpr std::array<std::string_view, 14> later_keys{"profile",     "backup",        "nat",  "cert",    "auth",
                                                      "certificate", "egress",        "ha",   "version", "policy",
                                                      "ike_version", "local_traffic", "dscp", "bgp"};

std::vector<Proposal> parse_all(std::span<const std::string_view> texts, Proposal::Use use)
{
    std::vector<Proposal> proposals;
    for (auto text : texts) proposals.push_back(Proposal::parse(text, use).value());
    return proposals;
}

/// What a missing key means, where the type's own default does not say it.
void fill_defaults(ConnectionDraft& draft)
{
    auto& c = draft.connection;
    if (draft.id.line == 0) c.id = id_of_name(c.name.value);
    if (draft.device.line == 0 && c.mode == Mode::Route) c.device = device_of(c.name, c.id);
    static const auto ike = parse_all(default_ike, Proposal::Use::Ike);
    static const auto esp = parse_all(default_esp, Proposal::Use::Esp);
    if (c.ike_proposals.empty()) c.ike_proposals = ike;
    if (c.esp_proposals.empty()) c.esp_proposals = esp;
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
        read_fields(reader, "[[connection]]", connection_fields, later_keys, *table, element.span, draft);
        fill_defaults(draft);
    }
}

KeyTable connection_keys()
{
    return key_table("[[connection]]", connection_fields, later_keys);
}

} // namespace linkspan::config
