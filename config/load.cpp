#include "config/load.h"

#include "config/check.h"
#include "config/check_egress.h"
#include "config/read.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <tuple>
#include <unordered_map>

namespace linkspan::config {
namespace {

constexpr std::size_t most_connections = 20'000;

void check_whole(const Draft& draft, const Sources& sources, bool all_readable, Diagnostics& diagnostics)
{
    const auto main = std::make_shared<const std::string>(sources.empty() ? "linkspan.toml" : sources.front().path);
    const auto count = draft.connections.size();
    if (!draft.has_gateway && all_readable)
        add_error(
            diagnostics, {main, 1, 1}, 1, "there is no [gateway]",
            "begin with the two lines `[gateway]` and `uplink = \"wan0\"`, naming the interface towards the peers");
    if (count == 0 && !draft.egress && !has_errors(diagnostics))
        add_error(diagnostics, {main, 1, 1}, 1, "there is no connection, so there is nothing to do",
                  "add one with `[[connection]]`; linkspan.toml(5) has an example")
            .severity = Severity::Warning;
    if (count > most_connections)
        add_error(diagnostics, draft.connections[most_connections], draft.connections[most_connections].header,
                  std::to_string(count) + " connections are more than the 20000 one gateway takes",
                  "divide them between gateways");
}

void check(const Draft& draft, Diagnostics& diagnostics)
{
    for (const auto& connection : draft.connections) {
        check_connection(connection, diagnostics);
        check_ike(connection, diagnostics);
        check_mode(connection, diagnostics);
        check_nat(connection, diagnostics);
        check_rules(connection, diagnostics);
        check_keys(connection, diagnostics);
    }
    check_names(draft, diagnostics);
    check_ends(draft, diagnostics);
    check_any_peers(draft, diagnostics);
    check_identities(draft, diagnostics);
    check_networks(draft, diagnostics);
    check_pairs(draft, diagnostics);
    check_rules(draft, diagnostics);
    check_backups(draft, diagnostics);
    check_egress(draft, diagnostics);
    check_ha(draft, diagnostics);
}

void sort_by_place(Diagnostics& diagnostics, const Sources& sources)
{
    std::unordered_map<std::string_view, std::size_t> order;
    for (const auto& source : sources) order.emplace(source.path, order.size());
    const auto place = [&](const Diagnostic& d) {
        const auto it = order.find(*d.pos.file);
        return std::tuple{it == order.end() ? 0 : it->second, d.pos.line, d.pos.column};
    };
    std::ranges::stable_sort(diagnostics, {}, place);
    // A backup has most of its connection's values, and their errors.
    const auto same = [&](const Diagnostic& a, const Diagnostic& b) {
        return place(a) == place(b) && a.message == b.message;
    };
    const auto [first, last] = std::ranges::unique(diagnostics, same);
    diagnostics.erase(first, last);
}

/// Tags that are not enabled are nowhere.
Egress finish_egress(EgressDraft&& draft)
{
    Egress egress = std::move(draft.egress);
    for (auto& tag : draft.tags)
        if (tag.enabled) egress.tags.push_back(std::move(tag.tag));
    for (auto& policy : draft.policies) {
        std::erase_if(policy.policy.tags, [&](const std::string& name) {
            return std::ranges::find(egress.tags, name, &EgressTag::name) == egress.tags.end();
        });
        egress.policies.push_back(std::move(policy.policy));
    }
    return egress;
}

Config finish(Draft&& draft)
{
    Config config;
    auto& gateway = *draft.gateway;
    config.gateway.name = std::move(gateway.name);
    config.gateway.uplink = std::move(gateway.uplink.value);
    for (const auto& address : gateway.addresses) config.gateway.addresses.push_back(address.value);
    for (auto& lan : gateway.lan) config.gateway.lan.push_back(std::move(lan.value));
    config.gateway.pos = {gateway.file, gateway.header.line, gateway.header.column};
    if (draft.ike) config.ike = std::move(draft.ike->ike);
    if (draft.ha) config.ha = std::move(draft.ha->ha);
    config.connections.reserve(draft.connections.size());
    for (auto& c : draft.connections) config.connections.push_back(std::move(c.connection));
    std::ranges::sort(config.connections, {}, &Connection::name);
    if (draft.egress) config.egress = finish_egress(*std::move(draft.egress));
    return config;
}

std::vector<StandIn> stand_ins_of(const Draft& draft)
{
    std::vector<StandIn> all;
    for (const auto& c : draft.connections) {
        if (!c.connection.enabled || c.connection.backup_of) continue; // a backup has its connection's
        const auto& mappings = c.connection.nat.remote;
        for (std::size_t i = 0; i < mappings.size(); ++i) {
            const auto& at = c.nat_remote[i].virt;
            all.push_back({c.connection.name, mappings[i], {c.file, at.line, at.column}, at.length});
        }
    }
    return all;
}

} // namespace

Loaded load(const Sources& sources)
{
    Loaded loaded;
    Draft draft;
    bool all_readable = true;
    for (const auto& source : sources) {
        loaded.files.push_back(source.path);
        const auto before = loaded.diagnostics.size();
        const auto document = parse_document(source, loaded.diagnostics);
        if (loaded.diagnostics.size() == before)
            read_document(document, loaded.diagnostics, draft);
        else
            all_readable = false;
    }
    settle_through(draft);
    check_whole(draft, sources, all_readable, loaded.diagnostics);
    check(draft, loaded.diagnostics);
    if (all_readable) { // what is named may stand in the file that is not
        check_transit(draft, loaded.diagnostics);
        check_through(draft, loaded.diagnostics);
    }
    sort_by_place(loaded.diagnostics, sources);
    if (has_errors(loaded.diagnostics)) return loaded;
    loaded.stand_ins = stand_ins_of(draft);
    loaded.config = finish(std::move(draft));
    return loaded;
}

} // namespace linkspan::config
