#include "base/suggest.h"
#include "config/reader.h"
#include "config/scan.h"

#include <algorithm>
#include <array>

namespace linkspan::config {
namespace {

/// What other tools call a key of ours.
struct Synonym {
    std::string_view theirs;
    std::string_view ours;
};
constexpr std::array synonyms{
    Synonym{"remote", "peer"},
    Synonym{"right", "peer"},
    Synonym{"remote_addrs", "peer"},
    Synonym{"remote_address", "peer"},
    Synonym{"left", "local_address"},
    Synonym{"local_addrs", "local_address"},
    Synonym{"local_ts", "local_subnets"},
    Synonym{"leftsubnet", "local_subnets"},
    Synonym{"remote_ts", "remote_subnets"},
    Synonym{"rightsubnet", "remote_subnets"},
    Synonym{"subnets", "remote_subnets"},
    Synonym{"routes", "remote_subnets"},
    Synonym{"inside_address", "tunnel_address"},
    Synonym{"auto", "start"},
    Synonym{"start_action", "start"},
    Synonym{"proposals", "ike_proposals"},
    Synonym{"rekey_time", "child_lifetime"},
    Synonym{"lifetime", "child_lifetime"},
    Synonym{"encap", "nat_traversal"},
    Synonym{"forceencaps", "nat_traversal"},
    Synonym{"vici", "socket"},
    Synonym{"ike_version", "version"},
    Synonym{"keyexchange", "version"},
    Synonym{"cert", "certificate"},
    Synonym{"leftcert", "certificate"},
    Synonym{"rightcert", "remote_certificate"},
    Synonym{"cacerts", "ca"},
    Synonym{"leftid", "local_id"},
    Synonym{"rightid", "remote_id"},
    Synonym{"rekey_bytes", "child_bytes"},
    Synonym{"rekey_packets", "child_packets"},
    Synonym{"wan", "uplink"},
};

/// The key of this table that was meant, if that can be guessed.
std::optional<std::string_view> meant_by(std::string_view key, std::span<const std::string_view> known)
{
    const auto is_known = [&](std::string_view name) { return std::ranges::find(known, name) != known.end(); };
    if (const auto* s = std::ranges::find(synonyms, key, &Synonym::theirs); s != synonyms.end() && is_known(s->ours))
        return s->ours;
    if (const auto near = suggest(key, known)) return near;
    if (names_secret(key) && is_known("psk")) return "psk";
    return {};
}

/// The header of another table that has this key; empty where none has.
std::string_view home_of(std::string_view key)
{
    static const auto tables = key_tables();
    for (const auto& table : tables)
        if (!table.header.empty() && std::ranges::find(table.keys, key, &Key::name) != table.keys.end())
            return table.header;
    return {};
}

std::string help_for(std::string_view key, std::optional<std::string_view> meant,
                     std::span<const std::string_view> known)
{
    if (const auto home = home_of(key); !home.empty()) return "it belongs under " + std::string{home};
    if (meant) return "did you mean `" + std::string{*meant} + "`?";
    return "the keys here are " + one_of(known);
}

} // namespace

std::optional<std::string_view> Reader::unknown_key(const Entry& entry, std::string_view header,
                                                    std::span<const std::string_view> known,
                                                    std::span<const std::string_view> later)
{
    const auto shown = in_quotes(entry.key);
    const auto name = "`" + shown.substr(1, shown.size() - 2) + "`";
    if (std::ranges::find(later, entry.key) != later.end()) {
        error(entry.span, name + " is not in this version of linkspan", "remove it, or make it a comment until then");
        return {};
    }
    const auto meant = meant_by(entry.key, known);
    const auto where = header.empty() ? std::string{"the top level"} : std::string{header};
    auto& added = error(entry.span, where + " has no key " + name, help_for(entry.key, meant, known));
    // Whatever the value is, it may be a secret under a mistyped name.
    added.secret = meant == "psk" || names_secret(entry.key);
    added.last_line = entry.value.span.last_line ? entry.value.span.last_line : entry.value.span.line;
    return meant;
}

} // namespace linkspan::config
