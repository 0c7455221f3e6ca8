#include "config/check.h"
#include "config/derive.h"

#include <algorithm>

namespace linkspan::config {
namespace {

/// What needs an address, a direction or a name that a peer of any address cannot give.
void check_one(const ConnectionDraft& draft, Diagnostics& diagnostics)
{
    const auto& c = draft.connection;
    const auto refuse = [&](const Span& at, const std::string& what, std::string help) {
        add_error(diagnostics, draft, at.line != 0 ? at : draft.peer, what + " with `peer = \"%any\"`",
                  std::move(help));
    };
    if (c.backup || c.backup_of || draft.backup.line != 0)
        return refuse(draft.backup, "a backup", "remove it: a peer that comes from anywhere comes back by itself");
    if (has_link(c) && c.interface == Interface::Vti)
        refuse(draft.interface, "a vti interface",
               "write `interface = \"xfrm\"`: a vti interface has its peer's address, and here nobody knows it before "
               "the peer comes");
    if (c.start != Start::Respond)
        refuse(draft.start, "`start` other than \"respond\"",
               "leave `start` out: we cannot call a peer whose address nobody knows; it begins");
    if (draft.has_keys)
        refuse(draft.keys, "static keys", "use `psk` or `certificate`: only IKE tells where the peer is");
    else if (c.remote_id.empty() && draft.remote_id.line == 0)
        refuse({}, "no `remote_id`",
               "add whom to expect, like `remote_id = \"branch-7.example.org\"`: it is all that tells this peer from "
               "others");
    if (c.ike.version == 1 && !c.ike.aggressive && draft.psk.line != 0)
        refuse(draft.version, "IKEv1 main mode and a pre-shared key",
               "use `version = 2`, or certificates: main mode has to choose the secret by the peer's address");
}

} // namespace

/// An IKE request is answered before anybody knows whose it is; no pinned route keeps that answer out of a tunnel.
void check_any_peers(const Draft& draft, Diagnostics& diagnostics)
{
    const auto any = std::ranges::find_if(
        draft.connections, [](const ConnectionDraft& d) { return d.connection.enabled && d.connection.peer_any; });
    for (const auto& d : draft.connections)
        if (d.connection.peer_any) check_one(d, diagnostics);
    if (any == draft.connections.end()) return;
    for (const auto& d : draft.connections) {
        const auto& c = d.connection;
        if (!c.enabled || !has_link(c)) continue;
        for (std::size_t i = 0; i < c.remote_subnets.size(); ++i)
            if (c.remote_subnets[i].prefix.length == 0 && c.remote_subnets[i].family() == any->connection.peer.family)
                add_error(diagnostics, d, d.remote_subnets[i],
                          "a default route through a tunnel, and " + reference(*any) + " has `peer = \"%any\"`",
                          "name the networks: the answer to a peer that nobody knows yet would go into the tunnel");
    }
}

} // namespace linkspan::config
