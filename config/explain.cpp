#include "config/explain.h"

#include "base/mtu.h"
#include "config/derive.h"
#include "config/document.h"
#include "config/duration.h"
#include "config/profile.h"
#include "config/read.h"
#include "config/read_backup.h"

#include <algorithm>
#include <array>

namespace linkspan::config {
namespace {

std::string toml_string(std::string_view text)
{
    std::string all = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') all += '\\';
        all += c;
    }
    return all + '"';
}

template <typename Range, typename Text>
std::string list(const Range& values, Text text)
{
    std::string all;
    for (const auto& value : values) all += (all.empty() ? "" : ", ") + text(value);
    return "[" + all + "]";
}

std::string toml(const Value& value)
{
    if (const auto* text = std::get_if<std::string>(&value.content)) return toml_string(*text);
    if (const auto* number = std::get_if<std::int64_t>(&value.content)) return std::to_string(*number);
    if (const auto* word = std::get_if<bool>(&value.content)) return *word ? "true" : "false";
    if (const auto* array = std::get_if<Array>(&value.content))
        return list(*array, [](const Value& element) { return toml(element); });
    const auto* table = std::get_if<Table>(&value.content);
    if (!table) return {};
    std::string all;
    for (const auto& entry : *table) {
        const bool bare = entry.key.find_first_of("./:") == std::string::npos;
        all += (all.empty() ? " " : ", ") + (bare ? entry.key : toml_string(entry.key)) + " = " + toml(entry.value);
    }
    return "{" + all + " }";
}

std::string toml(const Proposals& proposals)
{
    return list(proposals, [](const Proposal& proposal) { return toml_string(proposal.text); });
}

std::string_view word_of(Start start)
{
    switch (start) {
    case Start::Always: return "always";
    case Start::OnDemand: return "on-demand";
    case Start::Respond: break;
    }
    return "respond";
}

std::string_view word_of(NatTraversal traversal)
{
    switch (traversal) {
    case NatTraversal::Auto: return "auto";
    case NatTraversal::Force: return "force";
    case NatTraversal::None: break;
    }
    return "none";
}

/// The keys that a profile has a word on, and what it says; empty = nothing.
struct OfProfile {
    std::string_view key;
    std::string (*value)(const Profile&);
};

constexpr std::array of_profile{
    OfProfile{"ike_proposals", [](const Profile& p) { return toml(p.ike_proposals); }},
    OfProfile{"esp_proposals", [](const Profile& p) { return toml(p.esp_proposals); }},
    OfProfile{"ike_lifetime", [](const Profile& p) { return toml_string(duration_text(p.ike_lifetime)); }},
    OfProfile{"child_lifetime", [](const Profile& p) { return toml_string(duration_text(p.child_lifetime)); }},
    OfProfile{"dpd_delay", [](const Profile& p) { return toml_string(duration_text(p.dpd_delay)); }},
    OfProfile{"start", [](const Profile& p) { return toml_string(word_of(p.start)); }},
    OfProfile{"nat_traversal", [](const Profile& p) { return toml_string(word_of(p.nat_traversal)); }},
    OfProfile{"replay_window", [](const Profile& p) { return std::to_string(p.replay_window); }},
    OfProfile{"mss", [](const Profile& p) { return p.ceilings.mss ? std::to_string(p.ceilings.mss) : std::string{}; }},
};

std::string text_of(std::uint32_t number)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text = "0x";
    for (int shift = 28; shift >= 0; shift -= 4) text += digits[number >> shift & 0xf];
    return toml_string(text);
}

/// The address the connection speaks from, as far as the files tell.
std::optional<IpAddress> local_address(const Config& config, const Connection& c)
{
    if (c.local_address) return c.local_address;
    for (const auto& address : config.gateway.addresses)
        if (address.family == c.peer.family) return address;
    return {};
}

struct Subject {
    const Config& config;
    const Connection& c;
    const Profile& profile = profile_of(c.profile);
    std::optional<IpAddress> local = local_address(config, c);
    std::uint32_t underlay = underlay_mtu(config, c, assumed_uplink_mtu);
};

Setting computed(std::string_view key, std::string value, std::string from)
{
    return {std::string{key}, std::move(value), Origin::Computed, std::move(from), {}};
}

Setting explain_local_address(std::string_view key, const Subject& of)
{
    if (of.local)
        return computed(key, toml_string(of.local->text()),
                        of.c.through ? "tunnel_address of " + of.c.through->value : "[gateway] address");
    return computed(key, {},
                    "the agent asks the kernel: the first global address on " + of.config.gateway.uplink.value);
}

Setting explain_local_id(std::string_view key, const Subject& of)
{
    if (of.c.x509) return computed(key, {}, "the certificate's subject");
    if (of.local) return computed(key, toml_string(local_identity(of.c, *of.local)), "local_address");
    return computed(key, {}, "local_address, once it is known");
}

Setting explain_mtu(std::string_view key, const Subject& of)
{
    const auto mtu = link_mtu(of.c, of.underlay);
    std::string from = "esp_proposals and nat_traversal";
    const auto& ceilings = of.profile.ceilings;
    const auto bytes = std::to_string(std::min(of.underlay, ceilings.outer ? ceilings.outer : of.underlay));
    if (ceilings.mtu == mtu)
        from = "limited by profile " + std::string{of.profile.name};
    else if (ceilings.outer != 0)
        from += ", and " + bytes + " bytes that profile " + std::string{of.profile.name} + " lets through";
    if (of.c.through) from += ", within the " + std::to_string(of.underlay) + " bytes of " + of.c.through->value;
    return computed(key, std::to_string(mtu), from + "; assumes an uplink of 1500 bytes");
}

Setting explain_mss(std::string_view key, const Subject& of)
{
    const auto families = inner_families(of.c);
    const auto family = families.empty() ? Family::V4 : families.front();
    return computed(key, std::to_string(tcp_mss(link_mtu(of.c, of.underlay), family)), "mtu");
}

/// Keys whose value follows from others where it is not written.
struct Computation {
    std::string_view key;
    Setting (*explain)(std::string_view key, const Subject&);
};

constexpr std::array computations{
    Computation{"name",
                [](std::string_view key, const Subject& of) {
                    return computed(key, toml_string(of.c.name.value), "its connection");
                }},
    Computation{"id",
                [](std::string_view key, const Subject& of) {
                    return computed(key, std::to_string(of.c.id.value & ~connection_id_first), "name");
                }},
    Computation{"device", [](std::string_view key,
                             const Subject& of) { return computed(key, toml_string(of.c.device.value), "name"); }},
    Computation{"local_address", explain_local_address},
    Computation{"local_id", explain_local_id},
    Computation{"remote_id",
                [](std::string_view key, const Subject& of) {
                    return computed(key, toml_string(remote_identity(of.c)), "peer");
                }},
    Computation{"mtu", explain_mtu},
    Computation{"mss", explain_mss},
};

/// IKEv1 has proposals of its own, whatever the profile.
std::optional<Setting> of_ikev1(std::string_view key, const Connection& c)
{
    const bool ike = key == "ike_proposals";
    if (c.ike.version != 1 || !(ike || key == "esp_proposals")) return {};
    return Setting{std::string{key},
                   toml(ike ? c.ike_proposals : c.esp_proposals),
                   Origin::Default,
                   "default of `version = 1`",
                   {}};
}

Setting unwritten(const Key& key, const Subject& of)
{
    if (auto setting = of_ikev1(key.name, of.c)) return *std::move(setting);
    if (key.name == "start" && of.c.peer_any) return computed(key.name, toml_string(word_of(of.c.start)), "peer");
    const bool generic = of.c.profile == Vendor::Generic;
    if (const auto* known = std::ranges::find(of_profile, key.name, &OfProfile::key); known != of_profile.end())
        if (auto value = known->value(of.profile); !value.empty())
            return {std::string{key.name},
                    std::move(value),
                    generic ? Origin::Default : Origin::Profile,
                    generic ? "default" : "profile " + std::string{of.profile.name},
                    {}};
    if (const auto* known = std::ranges::find(computations, key.name, &Computation::key); known != computations.end())
        return known->explain(key.name, of);
    return {std::string{key.name}, std::string{key.fallback}, Origin::Default, "default", {}};
}

/// What a person wrote of one connection, and in which file.
struct WrittenTable {
    std::shared_ptr<const std::string> file = {};
    Table table = {};
};

bool stands_at(const Value& value, const SourcePos& pos)
{
    return value.span.line == pos.line && value.span.column == pos.column;
}

/// What counts for the backup that is written in `primary`: its own table, and what it has of its connection.
std::optional<Table> table_of_backup(const Table& primary, const SourcePos& pos)
{
    const auto backup = std::ranges::find(primary, "backup", &Entry::key);
    const auto* own = backup == primary.end() ? nullptr : std::get_if<Table>(&backup->value.content);
    if (!own || !stands_at(backup->value, pos)) return {};
    auto table = *own;
    for (const auto& entry : primary)
        if (is_inherited(entry.key) && std::ranges::find(*own, entry.key, &Entry::key) == own->end())
            table.push_back(entry);
    return table;
}

WrittenTable find_table(const Sources& sources, const Connection& connection)
{
    Diagnostics ignored;
    for (const auto& source : sources) {
        if (source.path != *connection.pos.file) continue;
        auto document = parse_document(source, ignored);
        for (auto& entry : document.root) {
            auto* array = entry.key == "connection" ? std::get_if<Array>(&entry.value.content) : nullptr;
            if (!array) continue;
            for (auto& element : *array)
                if (auto* table = std::get_if<Table>(&element.content)) {
                    if (stands_at(element, connection.pos)) return {document.file, std::move(*table)};
                    if (auto backup = table_of_backup(*table, connection.pos))
                        return {document.file, std::move(*backup)};
                }
        }
    }
    return {};
}

Setting written(const Entry& entry, const std::shared_ptr<const std::string>& file)
{
    const SourcePos pos{file, entry.value.span.line, entry.value.span.column};
    return {entry.key, toml(entry.value), Origin::File,
            *file + ":" + std::to_string(pos.line) + ":" + std::to_string(pos.column), pos};
}

} // namespace

std::string_view name_of(Origin origin)
{
    switch (origin) {
    case Origin::File: return "file";
    case Origin::Profile: return "profile";
    case Origin::Default: return "default";
    case Origin::Computed: break;
    }
    return "computed";
}

std::vector<Setting> explain(const Sources& sources, const Config& config, const Connection& connection)
{
    const Subject subject{config, connection};
    const auto [file, table] = find_table(sources, connection);
    std::vector<Setting> settings;
    for (const auto& key : connection_keys().keys) {
        const auto entry = std::ranges::find(table, key.name, &Entry::key);
        settings.push_back(entry != table.end() ? written(*entry, file) : unwritten(key, subject));
    }
    settings.push_back(computed("reqid", std::to_string(connection.id.value), "id"));
    if (const auto mark = mark_of(connection); mark.value != 0)
        settings.push_back(computed("mark", text_of(mark.value), "id, as the key of a vti interface and its policies"));
    if (const auto if_id = if_id_of(connection); if_id.value != 0)
        settings.push_back(computed("if_id", text_of(if_id.value), "id, of an xfrm interface and its policies"));
    return settings;
}

} // namespace linkspan::config
