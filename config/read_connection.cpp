#include "config/read.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace linkspan::config {
namespace {

constexpr std::array<std::string_view, 1> modes{"route"};
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
        reader.error(text->span, quoted(name) + " is not a name of a connection",
                     "use lower-case letters, digits, '.', '_' and '-', a letter or digit first: \"" + as_name(name) +
                         "\"");
    else
        into.connection.name = {name}, into.name = text->span;
}

void read_enabled(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    if (const auto found = reader.boolean(key, value)) into.connection.enabled = *found;
}

void read_mode(Reader& reader, const Key& key, const Value& value, ConnectionDraft&)
{
    const auto* text = std::get_if<std::string>(&value.content);
    if (text && *text == "policy")
        reader.error(
            value.span, "`mode = \"policy\"` is not in this version of linkspan",
            "use \"route\", or leave the key out; the peer's side may stay policy-based where its selectors are "
            "0.0.0.0/0");
    else
        (void)reader.word(key, value);
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

/// "hub.example.org" rather than a mistyped address.
bool looks_like_host_name(std::string_view text)
{
    return !text.contains(':') && !text.contains('/') &&
           std::ranges::any_of(text, [](unsigned char c) { return std::isalpha(c); });
}

std::optional<IpAddress> read_endpoint(Reader& reader, const Key& key, const Value& value)
{
    const auto text = reader.text(key, value);
    if (!text) return {};
    const auto address = IpAddress::parse(text->text);
    std::string help = Reader::example(key);
    if (!address && looks_like_host_name(text->text)) {
        reader.error(text->span, tick(key) + ": host names are not in this version of linkspan",
                     "write the address that " + quoted(text->text) + " stands for");
    } else if (!address) {
        if (text->text.contains('/'))
            help += ", without a prefix length";
        else if (text->text.contains('.') && text->text.contains(':'))
            help += ", without a port: IKE uses 500 and 4500";
        reader.error(text->span, tick(key) + ": " + quoted(text->text) + " is not an IP address", help);
    } else if (address->is_unspecified() || address->is_loopback() || address->is_multicast() ||
               address->is_link_local()) {
        reader.error(text->span, tick(key) + ": " + address->text() + " cannot be an end of a tunnel",
                     "give a unicast address that the uplink can reach; loopback, link-local, multicast and " +
                         IpAddress::any(address->family).text() + " are not");
    } else {
        return *address;
    }
    return {};
}

void read_peer(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    const auto address = read_endpoint(reader, key, value);
    if (!address) return;
    into.connection.peer = *address;
    into.peer = value.span;
}

void read_local_address(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    const auto address = read_endpoint(reader, key, value);
    if (!address) return;
    into.connection.local_address = *address;
    into.local_address = value.span;
}

template <std::string Connection::* Member>
void read_identity(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    if (auto text = reader.text(key, value)) into.connection.*Member = std::move(text->text);
}

void say_not_a_network(Reader& reader, const Key& key, const Written& text)
{
    const auto what = tick(key) + ": " + quoted(text.text);
    if (const auto address = IpAddress::parse(text.text))
        reader.error(text.span, what + " has no prefix length",
                     "write \"" + IpPrefix::host(*address).text() + "\" for this one host, or a network like \"" +
                         IpPrefix::network_of(*address, address->family == Family::V4 ? 24 : 64).text() + "\"");
    else if (const auto given = IpInterface::parse(text.text))
        reader.error(text.span, what + " has host bits set",
                     "write \"" + given->network().text() + "\" for the network, or \"" +
                         IpPrefix::host(given->address).text() + "\" for the one host");
    else
        reader.error(text.span, what + " is not a network: " + given.error().what, Reader::example(key));
}

/// Networks that no route may lead into a tunnel.
bool is_routable(Reader& reader, const Key& key, const IpPrefix& prefix, const Span& at)
{
    const auto& a = prefix.address;
    const bool within_loopback = a.is_loopback() && (a.family == Family::V6 || prefix.length >= 8);
    const bool within_multicast = a.is_multicast() && prefix.length >= (a.family == Family::V4 ? 4 : 8);
    const bool within_link_local = a.is_link_local() && prefix.length >= (a.family == Family::V4 ? 16 : 10);
    if (!within_loopback && !within_multicast && !within_link_local) return true;
    reader.error(at,
                 tick(key) + ": " + prefix.text() + " is a " +
                     (within_loopback    ? "loopback"
                      : within_multicast ? "multicast"
                                         : "link-local") +
                     " network",
                 within_link_local ? "leave it out; the tunnel's own addresses belong into `tunnel_address`"
                                   : "leave it out; a route-based tunnel carries unicast traffic between networks");
    return false;
}

template <std::vector<IpPrefix> Connection::* Values, std::vector<Span> ConnectionDraft::* Spans>
void read_subnets(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    constexpr std::size_t most = 1000;
    const auto texts = reader.texts(key, value);
    if (texts.size() > most)
        return (void)reader.error(
            value.span, tick(key) + " lists " + std::to_string(texts.size()) + " networks",
            "at most 1000 fit one connection; join neighbouring networks, or use two connections");
    for (const auto& text : texts) {
        const auto prefix = IpPrefix::parse(text.text);
        if (!prefix) {
            say_not_a_network(reader, key, text);
        } else if (is_routable(reader, key, *prefix, text.span)) {
            (into.connection.*Values).push_back(*prefix);
            (into.*Spans).push_back(text.span);
        }
    }
}

/// Why `address` cannot be an address on a tunnel interface; empty where it can.
std::string_view no_tunnel_address(const IpInterface& given)
{
    const auto& a = given.address;
    if (given.length == 0) return "its prefix length covers the whole world";
    if (a.is_unspecified() || a.is_loopback() || a.is_multicast()) return "it is not a unicast address";
    const auto host_bits = address_bits(a.family) - given.length;
    if (host_bits < 2) return {};
    if (a == given.network().address) return "it is the address of the network itself";
    auto last = given.network().address;
    for (unsigned bit = given.length; bit < 32; ++bit)
        last.bytes[bit / 8] |= static_cast<std::uint8_t>(0x80 >> bit % 8);
    if (a.family == Family::V4 && a == last) return "it is the network's broadcast address";
    return {};
}

void read_tunnel_address(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    auto& addresses = into.connection.tunnel_addresses;
    for (const auto& text : reader.texts(key, value)) {
        const auto given = IpInterface::parse(text.text);
        if (!given) {
            reader.error(text.span, tick(key) + ": " + given.error().what, Reader::example(key));
            continue;
        }
        if (const auto why = no_tunnel_address(*given); !why.empty()) {
            reader.error(text.span, tick(key) + ": " + given->text() + " does not work: " + std::string{why},
                         "give the gateway's own address inside the tunnel, as agreed with the peer, " +
                             std::string{"like \"169.254.21.2/30\""});
            continue;
        }
        if (std::ranges::any_of(addresses, [&](auto& a) { return a.address.family == given->address.family; }))
            reader.error(text.span, tick(key) + " has two addresses of one family",
                         "give at most one IPv4 and one IPv6 address");
        addresses.push_back(*given);
        into.tunnel_addresses.push_back(text.span);
    }
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
            reader.error(text.span, tick(key) + ": " + quoted(text.text) + " is no proposal", proposal.error().what);
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
    Field<ConnectionDraft>{{"local_subnets", Shape::Texts, false, "[]", R"(["10.1.0.0/16"])"},
                           read_subnets<&Connection::local_subnets, &ConnectionDraft::local_subnets>},
    Field<ConnectionDraft>{{"remote_subnets", Shape::Texts, true, {}, R"(["10.20.0.0/16"])"},
                           read_subnets<&Connection::remote_subnets, &ConnectionDraft::remote_subnets>},
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
    if (draft.device.line == 0) c.device = device_of(c.name, c.id);
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
