#include "config/read_ha.h"

#include <algorithm>
#include <array>

namespace linkspan::config {
namespace {

constexpr std::array<std::string_view, 2> nodes{"first", "second"};
constexpr std::array<std::string_view, 4> takeovers{"arp", "aws", "azure", "exec"};
constexpr std::array<std::string_view, 3> arbiters{"none", "etcd", "cloud"};
constexpr std::chrono::milliseconds shortest_interval{20};
constexpr std::chrono::milliseconds longest_interval{5000};
constexpr std::size_t most_paths = 2;
constexpr std::size_t most_addresses = 32;

std::string key_of(const Key& key)
{
    return "`" + std::string{key.name} + "`";
}

void read_node(Reader& reader, const Key& key, const Value& value, HaDraft& into)
{
    if (const auto i = reader.word(key, value)) into.ha.node = static_cast<HaNode>(*i);
    into.node = value.span;
}

void read_preferred(Reader& reader, const Key& key, const Value& value, HaDraft& into)
{
    if (const auto i = reader.word(key, value)) into.ha.preferred = static_cast<HaNode>(*i);
    into.preferred = value.span;
}

void read_takeover(Reader& reader, const Key& key, const Value& value, HaDraft& into)
{
    if (const auto i = reader.word(key, value)) into.ha.takeover = static_cast<Takeover>(*i);
    into.takeover = value.span;
}

void read_arbiter(Reader& reader, const Key& key, const Value& value, HaDraft& into)
{
    if (const auto i = reader.word(key, value)) into.ha.arbiter = static_cast<Arbiter>(*i);
    into.arbiter = value.span;
}

bool is_usable(Reader& reader, const Key& key, const IpAddress& address, const Span& at)
{
    if (!address.is_unspecified() && !address.is_loopback() && !address.is_multicast()) return true;
    reader.error(at, key_of(key) + ": " + address.text() + " is not an address of a gateway",
                 "give the address by which the other gateway reaches it, one for each path");
    return false;
}

/// One address for each heartbeat path.
void read_path_addresses(Reader& reader, const Key& key, const Value& value, std::vector<At<IpAddress>>& into)
{
    for (const auto& text : reader.texts(key, value)) {
        const auto address = reader.parsed<IpAddress>(key, text);
        if (address && is_usable(reader, key, *address, text.span)) into.push_back({*address, text.span});
    }
    if (into.size() > most_paths)
        reader.error(into[most_paths].span, key_of(key) + " has more than two addresses",
                     "heartbeats go by one or two paths: the LAN and a cable of their own are best");
}

void read_first(Reader& reader, const Key& key, const Value& value, HaDraft& into)
{
    read_path_addresses(reader, key, value, into.first);
}

void read_second(Reader& reader, const Key& key, const Value& value, HaDraft& into)
{
    read_path_addresses(reader, key, value, into.second);
}

void read_ha_peer(Reader& reader, const Key& key, const Value& value, HaDraft& into)
{
    read_path_addresses(reader, key, value, into.peer);
}

void read_port(Reader& reader, const Key& key, const Value& value, HaDraft& into)
{
    if (const auto port = reader.integer(key, value)) into.ha.port = static_cast<std::uint16_t>(*port);
}

/// "203.0.113.10/24@wan0"
std::optional<SharedAddress> read_shared(Reader& reader, const Key& key, const Written& text)
{
    const auto at = text.text.find('@');
    if (at == std::string::npos || at == 0 || at + 1 == text.text.size()) {
        reader.error(text.span, key_of(key) + ": " + in_quotes(text.text) + " does not say on which interface",
                     "write the address, its prefix length and the interface, like \"203.0.113.10/24@wan0\"");
        return {};
    }
    const auto address = reader.parsed<IpInterface>(key, {text.text.substr(0, at), text.span});
    auto link = link_name(reader, key, {text.text.substr(at + 1), text.span});
    if (!address || !link || !is_usable(reader, key, address->address, text.span)) return {};
    return SharedAddress{*address, *std::move(link)};
}

void read_shared_addresses(Reader& reader, const Key& key, const Value& value, HaDraft& into)
{
    for (const auto& text : reader.texts(key, value)) {
        auto shared = read_shared(reader, key, text);
        if (!shared) continue;
        into.ha.addresses.push_back(*std::move(shared));
        into.addresses.push_back(text.span);
    }
    if (into.addresses.size() > most_addresses)
        reader.error(into.addresses[most_addresses], key_of(key) + " has more than 32 addresses",
                     "share the gateway's own addresses; networks behind it need none");
}

void read_ha_interval(Reader& reader, const Key& key, const Value& value, HaDraft& into)
{
    if (const auto found = reader.interval(key, value, shortest_interval, longest_interval)) into.ha.interval = *found;
    into.interval = value.span;
}

void read_ha_lost(Reader& reader, const Key& key, const Value& value, HaDraft& into)
{
    if (const auto count = reader.integer(key, value)) into.ha.lost = static_cast<std::uint32_t>(*count);
}

void read_ha_preempt(Reader& reader, const Key& key, const Value& value, HaDraft& into)
{
    if (const auto found = reader.boolean(key, value)) into.ha.preempt = *found;
}

void read_hold_down(Reader& reader, const Key& key, const Value& value, HaDraft& into)
{
    if (const auto time = reader.duration(key, value)) into.ha.hold_down = *time;
}

void read_flap_limit(Reader& reader, const Key& key, const Value& value, HaDraft& into)
{
    if (const auto count = reader.integer(key, value)) into.ha.flap_limit = static_cast<std::uint32_t>(*count);
}

// clang-format off
constexpr std::array ha_fields{
    Field<HaDraft>{{"first", Shape::TextOrTexts, false, {}, R"("10.255.0.1")"}, read_first},
    Field<HaDraft>{{"second", Shape::TextOrTexts, false, {}, R"("10.255.0.2")"}, read_second},
    Field<HaDraft>{{"peer", Shape::TextOrTexts, false, {}, R"("10.255.0.2")"}, read_ha_peer},
    Field<HaDraft>{{"node", Shape::Text, false, {}, R"("first")", nodes}, read_node},
    Field<HaDraft>{{"port", Shape::Integer, false, "4512", "4600", {}, 1, 65535}, read_port},
    Field<HaDraft>{{"secret", Shape::Group, true, {}, R"({ credential = "ha.key" })"}, read_ha_secret},
    Field<HaDraft>{{"addresses", Shape::Texts, true, {}, R"(["203.0.113.10/24@wan0", "10.1.0.1/24@lan0"])"}, read_shared_addresses},
    Field<HaDraft>{{"takeover", Shape::Text, false, R"("arp")", R"("aws")", takeovers}, read_takeover},
    Field<HaDraft>{{"exec", Shape::Group, false, {}, R"({ command = "/usr/local/sbin/move-address" })"}, read_exec},
    Field<HaDraft>{{"aws", Shape::Group, false, {}, R"({ allocations = ["eipalloc-0a1b2c3d"] })"}, read_aws},
    Field<HaDraft>{{"azure", Shape::Group, false, {}, R"({ public_address = "edge-ip" })"}, read_azure},
    Field<HaDraft>{{"arbiter", Shape::Text, false, R"("none")", R"("etcd")", arbiters}, read_arbiter},
    Field<HaDraft>{{"etcd", Shape::Group, false, {}, R"({ endpoints = ["https://etcd.example.org:2379"] })"}, read_etcd},
    Field<HaDraft>{{"interval", Shape::Text, false, R"("100ms")", R"("200ms")"}, read_ha_interval},
    Field<HaDraft>{{"lost", Shape::Integer, false, "5", "8", {}, 4, 20}, read_ha_lost},
    Field<HaDraft>{{"preempt", Shape::Boolean, false, "false", "true"}, read_ha_preempt},
    Field<HaDraft>{{"preferred", Shape::Text, false, R"("first")", R"("second")", nodes}, read_preferred},
    Field<HaDraft>{{"hold_down", Shape::Duration, false, R"("10s")", R"("30s")", {}, 1, 3600}, read_hold_down},
    Field<HaDraft>{{"flap_limit", Shape::Integer, false, "3", "5", {}, 1, 8}, read_flap_limit},
};
// clang-format on

/// The addresses of both ends, path by path.
void pair_up(HaDraft& draft)
{
    const auto count = std::max({draft.first.size(), draft.second.size(), draft.peer.size()});
    for (std::size_t i = 0; i < count; ++i) {
        auto& path = draft.ha.paths.emplace_back();
        if (i < draft.first.size()) path.first = draft.first[i].value;
        if (i < draft.second.size()) path.second = draft.second[i].value;
        if (i < draft.peer.size()) (draft.ha.node == HaNode::Second ? path.first : path.second) = draft.peer[i].value;
    }
}

} // namespace

std::string SharedAddress::text() const
{
    return address.text() + "@" + link.value;
}

void read_ha(Reader& reader, const Key& key, const Value& value, Draft& into)
{
    const auto* table = std::get_if<Table>(&value.content);
    if (!table)
        return (void)reader.error(value.span, "`" + std::string{key.name} + "` must be one table",
                                  "begin it with `[ha]`");
    if (into.ha)
        return (void)reader.error(value.span,
                                  "a second [ha], after " + *into.ha->file + ":" + std::to_string(into.ha->header.line),
                                  "there is one for all files; put the keys there");
    auto& draft = into.ha.emplace();
    draft.file = reader.file();
    draft.header = value.span;
    draft.ha.pos = reader.pos(value.span);
    const auto seen = read_fields(reader, "[ha]", ha_fields, {}, *table, value.span, draft);
    draft.has_first = seen[0];
    draft.has_second = seen[1];
    draft.has_peer = seen[2];
    pair_up(draft);
}

KeyTable ha_keys()
{
    return key_table("[ha]", ha_fields, {});
}

} // namespace linkspan::config
