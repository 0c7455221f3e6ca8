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
    Synonym{"remote_ip", "peer"},
    Synonym{"peer_ip", "peer"},
    Synonym{"gateway_ip", "peer"},
    Synonym{"left", "local_address"},
    Synonym{"local_addrs", "local_address"},
    Synonym{"local_ts", "local_subnets"},
    Synonym{"leftsubnet", "local_subnets"},
    Synonym{"remote_ts", "remote_subnets"},
    Synonym{"rightsubnet", "remote_subnets"},
    Synonym{"subnets", "remote_subnets"},
    Synonym{"routes", "remote_subnets"},
    Synonym{"route", "remote_subnets"},
    Synonym{"inside_address", "tunnel_address"},
    Synonym{"inside_ip", "tunnel_address"},
    Synonym{"tunnel_ip", "tunnel_address"},
    Synonym{"leftvti", "tunnel_address"},
    Synonym{"auto", "start"},
    Synonym{"start_action", "start"},
    Synonym{"proposals", "ike_proposals"},
    Synonym{"ike", "ike_proposals"},
    Synonym{"phase1", "ike_proposals"},
    Synonym{"esp", "esp_proposals"},
    Synonym{"phase2", "esp_proposals"},
    Synonym{"phase2alg", "esp_proposals"},
    Synonym{"dpd", "dpd_delay"},
    Synonym{"dpd_interval", "dpd_delay"},
    Synonym{"salifetime", "child_lifetime"},
    Synonym{"rekey_time", "child_lifetime"},
    Synonym{"lifetime", "child_lifetime"},
    Synonym{"encap", "nat_traversal"},
    Synonym{"forceencaps", "nat_traversal"},
    Synonym{"vici", "socket"},
    Synonym{"ike_version", "version"},
    Synonym{"keyexchange", "version"},
    Synonym{"ikev2", "version"},
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

/// What other tools have a key for, and linkspan does in another way.
struct Elsewhere {
    std::string_view theirs;
    std::string_view help;
};
constexpr std::string_view one_word = "algorithms stand together in `ike_proposals` and `esp_proposals`, like "
                                      "\"aes256-sha256-modp2048\"; without these keys linkspan offers good ones";
constexpr std::string_view with_pfs = "forward secrecy is a group in `esp_proposals`, like \"aes256gcm16-ecp384\"";
constexpr std::string_view by_itself =
    "leave it out: a tunnel that dies is begun anew by itself, for as long as it takes; "
    "`dpd_delay` is how often a silent peer is asked";
constexpr std::string_view derived = "leave it out: linkspan derives it from the connection's name";
constexpr std::array elsewhere{
    Elsewhere{"encryption", one_word},
    Elsewhere{"integrity", one_word},
    Elsewhere{"hash", one_word},
    Elsewhere{"cipher", one_word},
    Elsewhere{"dh_group", one_word},
    Elsewhere{"pfs", with_pfs},
    Elsewhere{"pfs_group", with_pfs},
    Elsewhere{"dpdaction", by_itself},
    Elsewhere{"dpd_action", by_itself},
    Elsewhere{"close_action", by_itself},
    Elsewhere{"closeaction", by_itself},
    Elsewhere{"keyingtries", by_itself},
    Elsewhere{"mark", derived},
    Elsewhere{"if_id", derived},
    Elsewhere{"if_id_in", derived},
    Elsewhere{"reqid", derived},
    Elsewhere{"type", "leave it out: it is always a tunnel; `mode` is \"route\" or \"policy\""},
    Elsewhere{"compress", "leave it out: linkspan never compresses"},
    Elsewhere{"mobike", "leave it out: the addresses of a tunnel are those of this file"},
    Elsewhere{"metric", "leave it out: a tunnel's routes have the metric that its state and its backup ask for"},
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

bool is_connection(std::span<const std::string_view> known)
{
    return std::ranges::find(known, "esp_proposals") != known.end();
}

std::string help_for(std::string_view key, std::optional<std::string_view> meant,
                     std::span<const std::string_view> known)
{
    const bool is_one_of_them = meant && *meant == std::string{key} + "s"; // nearer than what another table calls so
    if (const auto home = home_of(key); !home.empty() && !is_one_of_them)
        return "it belongs under " + std::string{home};
    if (const auto* other = std::ranges::find(elsewhere, key, &Elsewhere::theirs);
        is_connection(known) && other != elsewhere.end())
        return std::string{other->help};
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
