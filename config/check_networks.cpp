#include "config/check.h"
#include "config/prefix_sweep.h"

#include <map>

namespace linkspan::config {
namespace {

/// The prefixes of all enabled connections and of [gateway], and how to speak of them.
class Networks {
public:
    Networks(const Draft& draft, Diagnostics& diagnostics) : draft_(draft), diagnostics_(diagnostics) {}

    void check_remote_subnets();
    void check_tunnel_networks();

private:
    [[nodiscard]] std::vector<Swept> collect(Role network) const;
    [[nodiscard]] const ConnectionDraft& owner(const Swept& item) const { return draft_.connections[item.owner]; }
    [[nodiscard]] const Span& place(const Swept& item) const;
    void add(const Swept& at, std::string message, std::string help);
    [[nodiscard]] bool is_policy(const Swept& item) const { return owner(item).connection.mode == Mode::Policy; }
    [[nodiscard]] bool leads_there(const Swept& item, const Swept& tunnel) const;
    void add_equal_remotes(const Swept& item, const Swept& first);
    [[nodiscard]] std::string advice_for_cover(const Swept& outer, const Swept& inner) const;
    void add_address_within_remote(const Swept& item, const Swept& remote);
    void add_within_tunnel(const Swept& item, const Swept& tunnel);

    const Draft& draft_;
    Diagnostics& diagnostics_;
};

/// "`peer` 198.51.100.7"
std::string subject(const Swept& item)
{
    const auto address = item.prefix.address.text();
    switch (item.role) {
    case Role::Peer: return "`peer` " + address;
    case Role::Gateway: return "the gateway's `address` " + address;
    case Role::LocalAddress: return "`local_address` " + address;
    case Role::Tunnel: return "tunnel network " + item.prefix.text();
    case Role::Local: return "local subnet " + item.prefix.text();
    case Role::Remote: break;
    }
    return "remote subnet " + item.prefix.text();
}

std::vector<Swept> Networks::collect(Role network) const
{
    std::vector<Swept> items;
    const auto& connections = draft_.connections;
    for (std::uint32_t i = 0; i < connections.size(); ++i) {
        const auto& c = connections[i].connection;
        if (!c.enabled) continue;
        for (std::uint32_t k = 0; k < c.remote_subnets.size() && !c.backup_of; ++k) // a backup's are its connection's
            items.push_back({c.remote_subnets[k].prefix, Role::Remote, i, k});
        if (network == Role::Tunnel)
            for (std::uint32_t k = 0; k < c.tunnel_addresses.size(); ++k)
                items.push_back({c.tunnel_addresses[k].network(), Role::Tunnel, i, k});
        if (connections[i].peer.line != 0 && c.peer_name.empty() && !c.peer_any)
            items.push_back({IpPrefix::host(c.peer), Role::Peer, i, 0});
        if (c.local_address) items.push_back({IpPrefix::host(*c.local_address), Role::LocalAddress, i, 0});
    }
    if (draft_.gateway)
        for (std::uint32_t k = 0; k < draft_.gateway->addresses.size(); ++k)
            items.push_back({IpPrefix::host(draft_.gateway->addresses[k].value), Role::Gateway, 0, k});
    return items;
}

const Span& Networks::place(const Swept& item) const
{
    switch (item.role) {
    case Role::Remote: return owner(item).remote_subnets[item.element];
    case Role::Local: return owner(item).local_subnets[item.element];
    case Role::Tunnel: return owner(item).tunnel_addresses[item.element];
    case Role::Peer: return owner(item).peer;
    case Role::LocalAddress:
        return owner(item).local_address.line != 0 ? owner(item).local_address : owner(item).through;
    case Role::Gateway: break;
    }
    return draft_.gateway->addresses[item.element].span;
}

void Networks::add(const Swept& at, std::string message, std::string help)
{
    const auto& span = place(at);
    const auto& file = at.role == Role::Gateway ? draft_.gateway->file : owner(at).file;
    add_error(diagnostics_, {file, span.line, span.column}, span.length, std::move(message), std::move(help));
}

void Networks::add_equal_remotes(const Swept& item, const Swept& first)
{
    if (item.owner == first.owner)
        add(item, "`remote_subnets` lists " + item.prefix.text() + " twice", "remove one of them");
    else
        add(item, subject(item) + " is also a remote subnet of " + reference(owner(first)),
            "one network is reached through one tunnel: remove it from one of the two, or set `enabled = false` in "
            "one; sites that have the same addresses need others here, by `remote` of a `[connection.nat]`");
}

/// True for the ends of a connection that goes through that tunnel: they are meant to be there.
bool Networks::leads_there(const Swept& item, const Swept& tunnel) const
{
    if (item.role != Role::Peer && item.role != Role::LocalAddress) return false;
    const auto& through = owner(item).connection.through;
    const auto& bearer = owner(tunnel).connection;
    return through && (*through == bearer.name || through == bearer.backup_of);
}

void Networks::add_address_within_remote(const Swept& item, const Swept& remote)
{
    if (item.role == Role::Peer && leads_there(item, remote)) return;
    const std::string help =
        item.role == Role::Peer
            ? "a tunnel's own packets go through another one only where `through` names it: take the "
              "peer out of the subnet (only a default route like 0.0.0.0/0 may contain it)"
            : "the gateway's address stays outside: narrow the subnet";
    add(item, subject(item) + " lies within remote subnet " + remote.prefix.text() + " of " + reference(owner(remote)),
        help);
}

std::string Networks::advice_for_cover(const Swept& outer, const Swept& inner) const
{
    if (is_policy(outer))
        return "policies come before routes: what `local_subnets` here send there takes this connection, in spite of "
               "the "
               "longer prefix; if that is not meant, narrow this one";
    if (is_policy(inner))
        return "what its `local_subnets` send there takes that connection, in policy mode, and what others send there "
               "takes no tunnel; if that is not meant, narrow this one";
    return "the longest prefix wins, so what is narrower takes its own tunnel; if that is not meant, narrow this one";
}

void Networks::check_remote_subnets()
{
    struct Covered {
        std::size_t count = 0;
        Swept first = {};
    };
    std::map<Swept, Covered> covering;
    const auto is_remote = [](const Swept& item) { return item.role == Role::Remote; };
    sweep(collect(Role::Remote), is_remote, [&](const Swept& item, const Swept& enclosing) {
        if (item.role == Role::Remote && is_policy(item) && is_policy(enclosing)) return; // pairs are what counts there
        if (item.role == Role::Remote && item.prefix == enclosing.prefix) return add_equal_remotes(item, enclosing);
        if (enclosing.prefix.length == 0) return;
        if (item.role != Role::Remote) return add_address_within_remote(item, enclosing);
        if (auto& covered = covering[enclosing]; covered.count++ == 0) covered.first = item;
    });
    for (const auto& [outer, covered] : covering) {
        const auto& c = owner(covered.first);
        auto message = subject(outer) + " also covers " + covered.first.prefix.text() + " of " +
                       (covered.first.owner == outer.owner ? "this connection" : reference(c));
        if (covered.count > 1) message += " and " + std::to_string(covered.count - 1) + " more";
        add(outer, std::move(message), advice_for_cover(outer, covered.first));
        diagnostics_.back().severity = Severity::Warning;
    }
}

void Networks::add_within_tunnel(const Swept& item, const Swept& tunnel)
{
    if (leads_there(item, tunnel)) return;
    const auto within = " lies within tunnel network " + tunnel.prefix.text() + " of " + reference(owner(tunnel));
    if (item.role == Role::Remote)
        return add(item, subject(item) + within, "the tunnel's own network is reached without being listed: remove it");
    if (item.role != Role::Tunnel)
        return add(item, subject(item) + within, "the tunnel's inner network must not contain addresses outside it");
    const bool is_shared_host =
        item.prefix == tunnel.prefix && item.prefix.length == address_bits(item.prefix.family());
    if (!is_shared_host)
        add(item,
            subject(item) + (item.prefix == tunnel.prefix ? " is also that" : within.substr(0, within.find(" of "))) +
                " of " + reference(owner(tunnel)),
            "every tunnel has an inner network of its own; only a single address (/32, /128) may be shared");
}

void Networks::check_tunnel_networks()
{
    const auto is_tunnel = [](const Swept& item) { return item.role == Role::Tunnel; };
    sweep(collect(Role::Tunnel), is_tunnel,
          [&](const Swept& item, const Swept& enclosing) { add_within_tunnel(item, enclosing); });
}

} // namespace

void check_networks(const Draft& draft, Diagnostics& diagnostics)
{
    Networks networks{draft, diagnostics};
    networks.check_remote_subnets();
    networks.check_tunnel_networks();
}

} // namespace linkspan::config
