#include "base/suggest.h"
#include "config/check.h"
#include "config/derive.h"

#include <algorithm>
#include <map>
#include <optional>

namespace linkspan::config {
namespace {

using ByName = std::map<std::string_view, const ConnectionDraft*>;

struct Refusal {
    Span at = {};
    std::string message = {};
    std::string help = {};
};

std::string in_quotes(const ConnectionName& name)
{
    return "\"" + name.value + "\"";
}

std::string_view name_of(Family family)
{
    return family == Family::V4 ? "IPv4" : "IPv6";
}

Refusal unknown(const ConnectionDraft& draft, const ByName& known)
{
    std::vector<std::string_view> names;
    for (const auto& entry : known)
        if (entry.second != &draft) names.push_back(entry.first);
    const auto& name = draft.connection.through->value;
    const auto meant = suggest(name, names);
    return {draft.through, "`through` names \"" + name + "\", and there is no such connection",
            meant ? "did you mean \"" + std::string{*meant} + "\"?"
                  : "give the name of the connection that leads there"};
}

/// Tunnels inside tunnels inside tunnels are what a mistake looks like, and what nobody has tested.
std::optional<Refusal> depth(const ConnectionDraft& draft, const ConnectionDraft& bearer, const ByName& known)
{
    std::string way = in_quotes(draft.connection.name);
    const auto* next = &bearer;
    for (std::size_t steps = 0; steps <= known.size(); ++steps) {
        way += " through " + in_quotes(next->connection.name);
        if (next == &draft)
            return Refusal{
                draft.through, "a loop: " + way,
                "a tunnel cannot carry itself: leave `through` out of the connection whose peer the uplink reaches"};
        const auto further = next->connection.through ? known.find(next->connection.through->value) : known.end();
        if (further == known.end()) break;
        next = further->second;
    }
    if (!bearer.connection.through) return {};
    return Refusal{draft.through,
                   "a tunnel in a tunnel in a tunnel: " + in_quotes(bearer.connection.name) +
                       " goes through another itself",
                   "one goes through a connection whose peer the uplink reaches"};
}

/// What the one inside must be.
std::optional<Refusal> inner_end(const ConnectionDraft& draft)
{
    const auto& c = draft.connection;
    if (!has_link(c) || c.interface != Interface::Xfrm)
        return Refusal{
            draft.through, "`through` is for connections by an xfrm interface",
            "write `interface = \"xfrm\"` in this connection: the kernel checks what comes out of two tunnels "
            "by the interface"};
    if (c.peer_any || !c.peer_name.empty())
        return Refusal{draft.peer, "`through`, and the peer's address is not written", "give `peer` as an address"};
    if (draft.backup.line != 0)
        return Refusal{draft.backup, "a backup of a connection that goes through another",
                       "give the backup to " + in_quotes(*c.through) + ": this one follows the tunnel that carries"};
    if (draft.has_keys) return Refusal{draft.keys, "static keys inside another tunnel", "use `psk` or `certificate`"};
    return {};
}

/// What the one outside must be.
std::optional<Refusal> outer_end(const ConnectionDraft& draft, const ConnectionDraft& bearer)
{
    const auto &c = draft.connection, &outer = bearer.connection;
    const auto name = in_quotes(outer.name);
    if (c.enabled && !outer.enabled)
        return Refusal{draft.through, name + " is not enabled, and this connection goes through it",
                       "enable it, or write `enabled = false` here, too"};
    if (!has_link(outer))
        return Refusal{draft.through,
                       name + " has no tunnel interface that a route could lead into (`mode = \"policy\"`)",
                       "go through a connection in route mode"};
    if (!outer.nat.empty())
        return Refusal{draft.through, name + " translates addresses (`nat`), those of this connection's ends as well",
                       "go through a connection without `nat`"};
    const auto families = inner_families(outer);
    if (std::ranges::find(families, c.peer.family) == families.end())
        return Refusal{draft.peer, std::string{name_of(c.peer.family)} + " through " + name + ", which carries none",
                       "give " + name + " a `tunnel_address` of this family, or the peer an address of the other"};
    if (!c.local_address && draft.local_address.line == 0)
        return Refusal{draft.through, "no address to speak from inside " + name,
                       "give " + name +
                           " a `tunnel_address`, or this connection a `local_address` that its far end knows"};
    return {};
}

std::optional<Refusal> find_refusal(const Draft& draft, const ConnectionDraft& inner, const ByName& known)
{
    const auto bearer = known.find(inner.connection.through->value);
    if (bearer == known.end()) return unknown(inner, known);
    if (auto found = depth(inner, *bearer->second, known)) return found;
    if (inner.peer.line == 0) return {};
    if (auto found = inner_end(inner)) return found;
    if (draft.ha)
        return Refusal{inner.through, "`through` beside [ha]",
                       "leave one of the two out: in this version a pair moves no tunnel "
                       "inside another"};
    return outer_end(inner, *bearer->second);
}

/// One address is reached by one way.
void check_ways(const Draft& draft, Diagnostics& diagnostics)
{
    std::map<IpAddress, const ConnectionDraft*> nested;
    for (const auto& d : draft.connections)
        if (d.connection.through && d.connection.enabled && d.peer.line != 0) nested.emplace(d.connection.peer, &d);
    for (const auto& d : draft.connections) {
        if (!d.connection.enabled || d.peer.line == 0) continue;
        const auto found = nested.find(d.connection.peer);
        if (found == nested.end() || found->second->connection.through == d.connection.through) continue;
        add_error(diagnostics, d, d.peer,
                  "`peer` " + d.connection.peer.text() + " is also that of " + reference(*found->second) +
                      ", which reaches it through " + in_quotes(*found->second->connection.through),
                  "one address is reached by one way: write the same `through` in both, or another address");
    }
}

} // namespace

void check_through(const Draft& draft, Diagnostics& diagnostics)
{
    ByName known;
    for (const auto& d : draft.connections)
        if (!d.connection.backup_of) known.emplace(d.connection.name.value, &d);
    for (const auto& d : draft.connections) {
        if (!d.connection.through || d.connection.backup_of) continue;
        if (const auto refusal = find_refusal(draft, d, known))
            add_error(diagnostics, d, refusal->at, refusal->message, refusal->help);
    }
    check_ways(draft, diagnostics);
}

} // namespace linkspan::config
