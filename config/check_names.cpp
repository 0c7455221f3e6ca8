#include "config/check.h"

#include <optional>
#include <string_view>
#include <unordered_map>

namespace linkspan::config {
namespace {

using Index = std::size_t;

/// Each connection's first predecessor with the same key, in the order of the files. `key_of` answers with an empty
/// optional where there is nothing to compare.
template <typename Key, typename KeyOf, typename Report>
void find_repeated(const std::vector<ConnectionDraft>& drafts, KeyOf key_of, Report report)
{
    std::unordered_map<Key, Index> first;
    first.reserve(drafts.size());
    for (Index i = 0; i < drafts.size(); ++i) {
        const std::optional<Key> key = key_of(drafts[i]);
        if (!key) continue;
        const auto [it, is_new] = first.emplace(*key, i);
        if (!is_new) report(drafts[i], drafts[it->second]);
    }
}

const Span& id_place(const ConnectionDraft& draft)
{
    return draft.id.line != 0 ? draft.id : draft.name;
}

const Span& device_place(const ConnectionDraft& draft)
{
    return draft.device.line != 0 ? draft.device : draft.name;
}

void check_unique_names(const Draft& draft, Diagnostics& diagnostics)
{
    find_repeated<std::string_view>(
        draft.connections,
        [](const ConnectionDraft& c) -> std::optional<std::string_view> {
            if (c.name.line == 0 || c.connection.backup_of) return {};
            return c.connection.name.value;
        },
        [&](const ConnectionDraft& c, const ConnectionDraft& first) {
            add_error(diagnostics, c, c.name, "a second connection named \"" + c.connection.name.value + "\"",
                      "the first is at " + *first.file + ":" + std::to_string(first.name.line) +
                          "; give each its own name");
        });
}

void check_unique_ids(const Draft& draft, Diagnostics& diagnostics)
{
    find_repeated<std::uint32_t>(
        draft.connections,
        [](const ConnectionDraft& c) -> std::optional<std::uint32_t> {
            if (id_place(c).line == 0) return {};
            return c.connection.id.value;
        },
        [&](const ConnectionDraft& c, const ConnectionDraft& first) {
            if (c.connection.name == first.connection.name) return; // said already
            const auto id = std::to_string(c.connection.id.value & ~connection_id_first);
            const bool written = c.id.line != 0;
            add_error(diagnostics, c, id_place(c),
                      written ? "`id = " + id + "` is also the id of " + reference(first)
                              : "the id made from this name, " + id + ", is also the id of " + reference(first),
                      written ? "choose another number, or leave `id` out: it is made from the name"
                              : "add an `id` of its own to one of the two, like `id = 1`");
        });
}

void check_devices(const Draft& draft, Diagnostics& diagnostics)
{
    find_repeated<std::string_view>(
        draft.connections,
        [](const ConnectionDraft& c) -> std::optional<std::string_view> {
            if (device_place(c).line == 0 || c.connection.mode == Mode::Policy) return {};
            return c.connection.device.value;
        },
        [&](const ConnectionDraft& c, const ConnectionDraft& first) {
            if (c.connection.name == first.connection.name && c.device.line == 0) return; // said already
            add_error(diagnostics, c, device_place(c),
                      "device \"" + c.connection.device.value + "\" is also the device of " + reference(first),
                      "give one of the two another `device`");
        });
    if (!draft.gateway) return;
    std::unordered_map<std::string_view, std::string_view> taken;
    if (draft.gateway->uplink.span.line != 0) taken.emplace(draft.gateway->uplink.value.value, "the uplink");
    for (const auto& lan : draft.gateway->lan) taken.emplace(lan.value.value, "a LAN interface");
    for (const auto& c : draft.connections) {
        const auto it = taken.find(c.connection.device.value);
        if (it == taken.end() || device_place(c).line == 0 || c.connection.mode == Mode::Policy) continue;
        add_error(diagnostics, c, device_place(c),
                  "device \"" + c.connection.device.value + "\" is " + std::string{it->second} + " of [gateway]",
                  "`device` names the tunnel's own interface, which linkspan makes; choose a free name");
    }
}

void check_lan(const Draft& draft, Diagnostics& diagnostics)
{
    if (!draft.gateway) return;
    const auto& uplink = draft.gateway->uplink;
    for (const auto& lan : draft.gateway->lan)
        if (lan.value == uplink.value)
            add_error(diagnostics, {draft.gateway->file, lan.span.line, lan.span.column}, lan.span.length,
                      "`lan` names \"" + lan.value.value + "\", which is the uplink",
                      "list the interfaces towards the site only");
}

} // namespace

void check_names(const Draft& draft, Diagnostics& diagnostics)
{
    check_unique_names(draft, diagnostics);
    check_unique_ids(draft, diagnostics);
    check_devices(draft, diagnostics);
    check_lan(draft, diagnostics);
}

} // namespace linkspan::config
