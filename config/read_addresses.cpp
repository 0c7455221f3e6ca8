#include "config/read.h"

#include <algorithm>
#include <cctype>

namespace linkspan::config {
namespace {

std::string tick(const Key& key)
{
    return "`" + std::string{key.name} + "`";
}

/// "hub.example.org" rather than a mistyped address.
bool looks_like_host_name(std::string_view text)
{
    return !text.contains(':') && !text.contains('/') &&
           std::ranges::any_of(text, [](unsigned char c) { return std::isalpha(c); });
}

/// A name that DNS can hold and that no address is mistyped as: labels of letters, digits and hyphens, two at least, the last
/// of which is no number.
bool is_host_name(std::string_view text)
{
    constexpr std::size_t longest_name = 253, longest_label = 63;
    if (text.size() > longest_name || !text.contains('.')) return false;
    std::string_view label;
    for (std::size_t begin = 0; begin <= text.size(); begin += label.size() + 1) {
        label = text.substr(begin, text.find('.', begin) - begin);
        const auto is_part = [](unsigned char c) { return std::isalnum(c) || c == '-'; };
        if (label.empty() || label.size() > longest_label || !std::ranges::all_of(label, is_part)) return false;
        if (label.front() == '-' || label.back() == '-') return false;
    }
    return std::ranges::any_of(label, [](unsigned char c) { return std::isalpha(c); });
}

/// 169.254.0.0/16 is for ends inside another tunnel; check_connection knows whether this one is.
bool can_be_an_end(const IpAddress& address)
{
    if (address.is_unspecified() || address.is_loopback() || address.is_multicast()) return false;
    return !address.is_link_local() || address.family == Family::V4;
}

std::optional<IpAddress> read_endpoint(Reader& reader, const Key& key, const Value& value)
{
    const auto text = reader.text(key, value);
    if (!text) return {};
    const auto address = IpAddress::parse(text->text);
    std::string help = Reader::example(key);
    if (!address && looks_like_host_name(text->text)) {
        if (key.name == "peer")
            reader.error(text->span, "`peer`: " + in_quotes(text->text) + " is neither an IP address nor a host name",
                         R"(write "198.51.100.7", or a whole name like "hub.example.org")");
        else
            reader.error(text->span, tick(key) + ": " + in_quotes(text->text) + " is not an IP address",
                         Reader::example(key));
    } else if (!address) {
        if (text->text.contains('/'))
            help += ", without a prefix length";
        else if (text->text.contains('.') && text->text.contains(':'))
            help += ", without a port: IKE uses 500 and 4500";
        reader.error(text->span, tick(key) + ": " + in_quotes(text->text) + " is not an IP address", help);
    } else if (!can_be_an_end(*address)) {
        reader.error(text->span, tick(key) + ": " + address->text() + " cannot be an end of a tunnel",
                     "give a unicast address that the uplink can reach; loopback, link-local, multicast and " +
                         IpAddress::any(address->family).text() + " are not");
    } else {
        return *address;
    }
    return {};
}

void say_not_a_network(Reader& reader, const Key& key, const Written& text)
{
    const auto what = tick(key) + ": " + in_quotes(text.text);
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
                                   : "leave it out; a tunnel carries unicast traffic between networks");
    return false;
}

/// A network, with protocol and port behind it where they are written.
std::optional<TrafficSelector> read_selector(Reader& reader, const Key& key, const Written& text)
{
    const auto prefix = read_network(reader, key, {text.text.substr(0, text.text.find('[')), text.span});
    if (!prefix) return {};
    const auto selector = TrafficSelector::parse(text.text);
    if (selector) return *selector;
    reader.error(text.span, tick(key) + ": " + in_quotes(text.text) + ": " + selector.error().what,
                 "write it like \"" + prefix->text() + "[tcp/443]\", \"" + prefix->text() + "[udp]\" or \"" +
                     prefix->text() + "\" for all");
    return {};
}

void read_subnets(Reader& reader, const Key& key, const Value& value, std::vector<TrafficSelector>& values,
                  std::vector<Span>& spans)
{
    constexpr std::size_t most = 1000;
    const auto texts = reader.texts(key, value);
    if (texts.size() > most)
        return (void)reader.error(
            value.span, tick(key) + " lists " + std::to_string(texts.size()) + " networks",
            "at most 1000 fit one connection; join neighbouring networks, or use two connections");
    for (const auto& text : texts) {
        if (const auto selector = read_selector(reader, key, text)) {
            values.push_back(*selector);
            spans.push_back(text.span);
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

} // namespace

std::optional<IpPrefix> read_network(Reader& reader, const Key& key, const Written& text)
{
    const auto prefix = IpPrefix::parse(text.text);
    if (!prefix) {
        say_not_a_network(reader, key, text);
        return {};
    }
    if (!is_routable(reader, key, *prefix, text.span)) return {};
    return *prefix;
}

void read_peer(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    into.connection.peer_name.clear();
    const auto* text = std::get_if<std::string>(&value.content);
    into.connection.peer_any = text && *text == any_peer;
    if (into.connection.peer_any) {
        into.connection.peer = IpAddress::any(Family::V4);
    } else if (text && !IpAddress::parse(*text) && is_host_name(*text)) {
        into.connection.peer_name = *text;
        into.connection.peer = IpAddress::any(Family::V4);
    } else if (const auto address = read_endpoint(reader, key, value)) {
        into.connection.peer = *address;
    } else {
        return;
    }
    into.peer = value.span;
}

void settle_family(Connection& c)
{
    if ((c.peer_any || !c.peer_name.empty()) && c.local_address) c.peer = IpAddress::any(c.local_address->family);
}

void read_local_address(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    const auto address = read_endpoint(reader, key, value);
    if (!address) return;
    into.connection.local_address = *address;
    into.local_address = value.span;
}

void read_local_subnets(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    const auto* array = std::get_if<Array>(&value.content);
    into.has_local_subnets = !array || !array->empty();
    read_subnets(reader, key, value, into.connection.local_subnets, into.local_subnets);
}

void read_remote_subnets(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    read_subnets(reader, key, value, into.connection.remote_subnets, into.remote_subnets);
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

} // namespace linkspan::config
