#include "config/check.h"
#include "config/duration.h"
#include "config/prefix_sweep.h"
#include "config/profile.h"

#include <algorithm>

namespace linkspan::config {
namespace {

std::string_view name_of(Family family)
{
    return family == Family::V4 ? "IPv4" : "IPv6";
}

void check_vti_family(const ConnectionDraft& draft, Diagnostics& diagnostics)
{
    const auto& c = draft.connection;
    if (c.mode != Mode::Route || c.interface != Interface::Vti || draft.peer.line == 0) return;
    const auto outer = c.peer.family;
    const auto require = [&](Family inner, const Span& at) {
        if (inner == outer) return;
        const std::string inside{name_of(inner)};
        add_error(diagnostics, draft, at,
                  inside + " inside a tunnel over " + std::string{name_of(outer)} +
                      ": a vti interface carries only the family of its own ends",
                  "write `interface = \"xfrm\"` in this connection: that one carries both");
    };
    for (std::size_t i = 0; i < c.remote_subnets.size(); ++i)
        require(c.remote_subnets[i].family(), draft.remote_subnets[i]);
    for (std::size_t i = 0; i < c.local_subnets.size(); ++i)
        require(c.local_subnets[i].family(), draft.local_subnets[i]);
    for (std::size_t i = 0; i < c.tunnel_addresses.size(); ++i)
        require(c.tunnel_addresses[i].address.family, draft.tunnel_addresses[i]);
}

void check_local_address(const ConnectionDraft& draft, Diagnostics& diagnostics)
{
    const auto& c = draft.connection;
    if (draft.peer.line == 0 || !c.local_address) return;
    if (c.local_address->family != c.peer.family)
        add_error(diagnostics, draft, draft.local_address,
                  "`local_address` is " + std::string{name_of(c.local_address->family)} + " and `peer` is " +
                      std::string{name_of(c.peer.family)},
                  "both ends of a tunnel have addresses of one family");
    else if (*c.local_address == c.peer)
        add_error(diagnostics, draft, draft.local_address, "`local_address` and `peer` are the same address",
                  "`peer` is the address of the other gateway");
}

/// The inner addresses of tunnels, which the uplink does not reach.
void check_link_local(const ConnectionDraft& draft, Diagnostics& diagnostics)
{
    const auto& c = draft.connection;
    if (c.through) return;
    const auto refuse = [&](const Span& at, std::string_view key, const IpAddress& address) {
        if (at.line != 0 && address.is_link_local())
            add_error(diagnostics, draft, at,
                      "`" + std::string{key} + "`: " + address.text() + " cannot be an end of a tunnel",
                      "give a unicast address that the uplink can reach; if another connection's tunnel leads there, "
                      "name it: "
                      "`through = \"hub\"`");
    };
    refuse(draft.peer, "peer", c.peer);
    if (c.local_address) refuse(draft.local_address, "local_address", *c.local_address);
}

bool carries_ipv6(const Connection& c)
{
    return std::ranges::any_of(c.remote_subnets, [](auto& p) { return p.family() == Family::V6; }) ||
           std::ranges::any_of(c.tunnel_addresses, [](auto& a) { return a.address.family == Family::V6; });
}

void check_sizes(const ConnectionDraft& draft, Diagnostics& diagnostics)
{
    const auto& c = draft.connection;
    const bool ipv6 = carries_ipv6(c);
    if (draft.mtu.line != 0 && ipv6 && *c.mtu < 1280)
        add_error(diagnostics, draft, draft.mtu,
                  "`mtu` is " + std::to_string(*c.mtu) + ", and the tunnel carries IPv6, which needs 1280",
                  "give at least 1280 (RFC 8200), or leave the key out: linkspan computes it");
    if (draft.mtu.line == 0 || draft.mss.line == 0) return;
    const std::uint32_t most = *c.mtu - (ipv6 ? 60 : 40);
    if (*c.mss > most)
        add_error(diagnostics, draft, draft.mss,
                  "`mss` is " + std::to_string(*c.mss) + ", more than fits `mtu = " + std::to_string(*c.mtu) + "`",
                  "give at most " + std::to_string(most) + " (the MTU less " + (ipv6 ? "60" : "40") +
                      " bytes of headers), or leave the key out: linkspan computes it");
}

void check_lifetimes(const ConnectionDraft& draft, Diagnostics& diagnostics)
{
    const auto& c = draft.connection;
    if (c.child_lifetime <= c.ike_lifetime) return;
    const auto& at = draft.child_lifetime.line != 0 ? draft.child_lifetime : draft.ike_lifetime;
    const auto value = [&](const Span& written, std::chrono::seconds lifetime) {
        const auto of = " of profile " + std::string{profile_of(c.profile).name};
        return "(" + duration_text(lifetime) + (written.line != 0 ? "" : of) + ")";
    };
    add_error(
        diagnostics, draft, at,
        "`child_lifetime` " + value(draft.child_lifetime, c.child_lifetime) + " is longer than `ike_lifetime` " +
            value(draft.ike_lifetime, c.ike_lifetime),
        "a child's keys are renewed at least as often as those of the IKE SA that carries it, like \"1h\" and \"4h\"");
}

/// The connection's own networks: its two sides must not overlap, but for a remote default route, and its own side
/// must not name a network twice. (Remote ones are compared across all connections, and so are pairs.)
void check_own_networks(const ConnectionDraft& draft, Diagnostics& diagnostics)
{
    const auto& c = draft.connection;
    if (c.local_subnets.empty()) return;
    std::vector<Swept> items;
    for (std::uint32_t i = 0; i < c.remote_subnets.size(); ++i)
        if (c.remote_subnets[i].prefix.length > 0) items.push_back({c.remote_subnets[i].prefix, Role::Remote, 0, i});
    for (std::uint32_t i = 0; i < c.local_subnets.size(); ++i)
        items.push_back({c.local_subnets[i].prefix, Role::Local, 0, i});
    const auto all = [](const Swept&) { return true; };
    sweep(std::move(items), all, [&](const Swept& item, const Swept& enclosing) {
        if (item.role == enclosing.role) {
            if (item.role == Role::Local && item.prefix == enclosing.prefix && c.mode == Mode::Route)
                add_error(diagnostics, draft, draft.local_subnets[item.element],
                          "`local_subnets` lists " + item.prefix.text() + " twice", "remove one of them");
            return;
        }
        if (!c.nat.empty()) return; // check_nat says it, and draws both sides
        const auto& local = item.role == Role::Local ? item : enclosing;
        const auto& remote = item.role == Role::Local ? enclosing : item;
        add_error(
            diagnostics, draft, draft.remote_subnets[remote.element],
            "remote subnet " + remote.prefix.text() + " overlaps local subnet " + local.prefix.text() +
                " of the same connection",
            "a host cannot be on both sides: narrow one of the two networks, or let each side see other addresses of "
            "the other, by a `[connection.nat]`");
    });
}

} // namespace

void check_connection(const ConnectionDraft& draft, Diagnostics& diagnostics)
{
    check_vti_family(draft, diagnostics);
    check_local_address(draft, diagnostics);
    check_link_local(draft, diagnostics);
    check_sizes(draft, diagnostics);
    check_lifetimes(draft, diagnostics);
    check_own_networks(draft, diagnostics);
}

std::string reference(const ConnectionDraft& draft)
{
    const auto& name = draft.connection.name.value;
    return (name.empty() ? std::string{"the connection "} : "connection \"" + name + "\" ") + "(" + *draft.file + ":" +
           std::to_string(draft.header.line) + ")";
}

void add_error(Diagnostics& diagnostics, const ConnectionDraft& draft, const Span& at, std::string message,
               std::string help)
{
    add_error(diagnostics, {draft.file, at.line, at.column}, at.length, std::move(message), std::move(help));
}

void add_warning(Diagnostics& diagnostics, const ConnectionDraft& draft, const Span& at, std::string message,
                 std::string help)
{
    add_error(diagnostics, draft, at, std::move(message), std::move(help));
    diagnostics.back().severity = Severity::Warning;
}

} // namespace linkspan::config
