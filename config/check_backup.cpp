#include "config/check.h"
#include "config/derive.h"
#include "config/pairs.h"

#include <algorithm>

namespace linkspan::config {
namespace {

void check_probe(const ConnectionDraft& draft, Diagnostics& diagnostics)
{
    const auto& c = draft.connection;
    if (draft.probe.line == 0 || !c.probe) return;
    const auto& target = c.probe->target;
    const auto is_own = [&](const IpInterface& own) { return own.address == target; };
    const bool one_of_two = c.backup_of || draft.backup.line != 0;
    const auto carries = [&](const Pair& pair) {
        return carries_echoes(pair, target) && !(one_of_two && pair.protocol() != 0); // docs/adr/0025
    };
    if (std::ranges::any_of(c.tunnel_addresses, is_own))
        add_error(diagnostics, draft, draft.probe, "`probe` asks " + target.text() + ", this gateway's own address",
                  "give an address at the far end, best the peer's own inside the tunnel");
    else if (target == c.peer)
        add_error(diagnostics, draft, draft.probe, "`probe` asks the peer's address outside the tunnel",
                  "give an address that is reached through the tunnel, best the peer's own inside it");
    else if (c.mode == Mode::Policy && std::ranges::none_of(pairs_of(c), carries))
        add_error(diagnostics, draft, draft.probe,
                  "`probe` asks " + target.text() + ", which none of the connection's pairs of networks leads to",
                  "give an address in `remote_subnets`, of a network that is not for one protocol alone: `mode = "
                  "\"policy\"` carries nothing else");
}

/// Only a backup makes it matter, and only where charon waits for answers.
void check_dpd_timeout(const ConnectionDraft& own, Diagnostics& diagnostics)
{
    const auto& c = own.connection;
    if (own.dpd_timeout.line == 0 || c.backup_of) return;
    if (own.backup.line == 0)
        add_warning(diagnostics, own, own.dpd_timeout, "`dpd_timeout` without a backup means nothing",
                    "add a `[connection.backup]`, or leave it out");
    else if (c.ike.version == 1)
        add_warning(diagnostics, own, own.dpd_timeout, "`dpd_timeout` means nothing in IKEv1",
                    "leave it out, or write `version = 2`; a `probe` is sooner than both");
    else if (c.dpd_delay.count() == 0)
        add_warning(diagnostics, own, own.dpd_timeout, "`dpd_timeout` means nothing where `dpd_delay` is 0",
                    "write a `dpd_delay`, like \"10s\", or leave it out");
}

/// What a backup and its primary must not have in common, and what both need. `primary` stands before `backup`.
void check_pair(const ConnectionDraft& primary, const ConnectionDraft& backup, Diagnostics& diagnostics)
{
    const auto &first = primary.connection, &second = backup.connection;
    if (primary.peer.line != 0 && backup.peer.line != 0 && peer_text(first) == peer_text(second) &&
        first.local_address == second.local_address)
        add_error(diagnostics, backup, backup.peer, "the backup has the two ends of its connection: both fail together",
                  "give the address of the other gateway, or a `local_address` of its own");
    if (first.start == Start::OnDemand)
        add_error(diagnostics, backup, backup.header, "a backup of a connection that is up on demand only",
                  "write `start = \"always\"`: whether a tunnel lives shows only while it is up");
    if (first.dpd_delay.count() == 0 && !first.probe)
        add_error(
            diagnostics, backup, backup.header,
            "nothing tells whether the peer lives: `dpd_delay` is 0, and there is no `probe`",
            first.mode == Mode::Policy
                ? "write `probe = { target = \"10.20.0.1\" }` with an address of `remote_subnets`, or a `dpd_delay`"
                : "write `probe = { target = \"169.254.21.1\" }` with the peer's address inside the tunnel, or a "
                  "`dpd_delay`");
}

} // namespace

void check_backups(const Draft& draft, Diagnostics& diagnostics)
{
    for (std::size_t i = 0; i < draft.connections.size(); ++i) {
        const auto& own = draft.connections[i];
        check_probe(own, diagnostics);
        check_dpd_timeout(own, diagnostics);
        if (own.preempt.line != 0 && own.backup.line == 0)
            add_warning(diagnostics, own, own.preempt, "`preempt` without a backup means nothing",
                        "add a `[connection.backup]`, or leave it out");
        if (own.connection.backup_of && i > 0) check_pair(draft.connections[i - 1], own, diagnostics);
    }
}

} // namespace linkspan::config
