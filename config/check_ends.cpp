#include "config/check.h"
#include "config/derive.h"

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>

namespace linkspan::config {
namespace {

constexpr std::size_t many_vti = 200;

/// The address a connection's packets leave from, as far as the files tell.
std::optional<IpAddress> local_of(const Draft& draft, const Connection& c)
{
    if (c.local_address) return c.local_address;
    if (!draft.gateway) return {};
    for (const auto& address : draft.gateway->addresses)
        if (address.value.family == c.peer.family) return address.value;
    return {};
}

bool is_vti(const Connection& c)
{
    return c.mode == Mode::Route && c.interface == Interface::Vti;
}

std::string ends_of(const Draft& draft, const Connection& c)
{
    const auto local = local_of(draft, c);
    return (local ? local->text() : "the uplink's address") + " and " + peer_text(c);
}

bool takes_part(const ConnectionDraft& c)
{
    return c.connection.enabled && c.peer.line != 0;
}

/// The kernel refuses a second vti link between the same two addresses (EEXIST), even one with another key; seen on
/// 6.1.
void check_vti_ends(const Draft& draft, Diagnostics& diagnostics)
{
    std::unordered_map<std::string, const ConnectionDraft*> first;
    for (const auto& c : draft.connections) {
        if (!takes_part(c) || !is_vti(c.connection)) continue;
        const auto ends = ends_of(draft, c.connection);
        const auto [it, is_new] = first.emplace(ends, &c);
        if (is_new) continue;
        add_error(diagnostics, c, c.peer,
                  "two vti tunnels between " + ends + ": the kernel takes one; the other is " + reference(*it->second),
                  "write `interface = \"xfrm\"` in both connections, or give one its own `local_address`");
    }
}

void check_own_address(const Draft& draft, Diagnostics& diagnostics)
{
    if (!draft.gateway) return;
    for (const auto& c : draft.connections)
        for (const auto& own : draft.gateway->addresses)
            if (c.peer.line != 0 && c.connection.peer == own.value)
                add_error(diagnostics, c, c.peer, "`peer` is this gateway's own address",
                          "`peer` is the address of the other gateway");
}

void check_many_vti(const Draft& draft, Diagnostics& diagnostics)
{
    const auto counts = [](const ConnectionDraft& c) { return takes_part(c) && is_vti(c.connection); };
    const auto count = std::ranges::count_if(draft.connections, counts);
    if (count < static_cast<std::ptrdiff_t>(many_vti)) return;
    const auto first = std::ranges::find_if(draft.connections, counts);
    add_warning(diagnostics, *first, first->interface.line != 0 ? first->interface : first->header,
                std::to_string(count) +
                    " connections use vti interfaces: the kernel searches their policies one by one "
                    "for every packet",
                "write `interface = \"xfrm\"` in connections from 200 on: the kernel finds their policies by hash");
}

} // namespace

void check_ends(const Draft& draft, Diagnostics& diagnostics)
{
    check_vti_ends(draft, diagnostics);
    check_own_address(draft, diagnostics);
    check_many_vti(draft, diagnostics);
}

} // namespace linkspan::config
