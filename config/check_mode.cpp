#include "config/check.h"
#include "config/pairs.h"

#include <algorithm>
#include <optional>

namespace linkspan::config {
namespace {

/// IKEv2 counts the selectors of one side in one byte (RFC 7296, 3.13).
constexpr std::size_t most_selectors = 255;
constexpr std::size_t most_pairs = 1000;

void refuse_key(const ConnectionDraft& draft, const Span& at, std::string_view key, Diagnostics& diagnostics)
{
    if (at.line == 0) return;
    add_error(diagnostics, draft, at,
              "`" + std::string{key} + "` is of a tunnel interface, and `mode = \"policy\"` has none",
              key == "mtu" ? "leave it out: the kernel finds the size of packets by itself; `mss` limits TCP's segments"
                           : "leave it out, or write `mode = \"route\"`");
}

void check_policy_keys(const ConnectionDraft& draft, Diagnostics& diagnostics)
{
    refuse_key(draft, draft.interface, "interface", diagnostics);
    refuse_key(draft, draft.device, "device", diagnostics);
    refuse_key(draft, draft.mtu, "mtu", diagnostics);
    if (!draft.tunnel_addresses.empty())
        refuse_key(draft, draft.tunnel_addresses.front(), "tunnel_address", diagnostics);
    if (!draft.has_local_subnets)
        add_error(
            diagnostics, draft, draft.mode, "`mode = \"policy\"` needs `local_subnets`",
            "add the networks on this side that the peer knows, like `local_subnets = [\"10.1.0.0/16\"]`: the two "
            "gateways agree on pairs of networks");
}

void check_route_keys(const ConnectionDraft& draft, Diagnostics& diagnostics)
{
    if (draft.connection.selectors != Selectors::Combined)
        add_error(diagnostics, draft, draft.selectors, "`selectors` is of `mode = \"policy\"`",
                  "leave it out: in route mode one CHILD_SA carries all that routes lead into the tunnel");
    const auto refuse_narrowed = [&](const std::vector<TrafficSelector>& values, const std::vector<Span>& spans) {
        for (std::size_t i = 0; i < values.size(); ++i)
            if (values[i].is_narrowed())
                add_error(diagnostics, draft, spans[i], values[i].text() + ": a route knows no protocols and no ports",
                          "write \"" + values[i].prefix.text() + "\", or `mode = \"policy\"` in this connection");
    };
    refuse_narrowed(draft.connection.local_subnets, draft.local_subnets);
    refuse_narrowed(draft.connection.remote_subnets, draft.remote_subnets);
}

/// Every network of one side needs one on the other that it can talk to.
void check_partners(const ConnectionDraft& draft, Diagnostics& diagnostics)
{
    const auto& c = draft.connection;
    const auto lonely = [](const TrafficSelector& one, const std::vector<TrafficSelector>& others) {
        return !others.empty() &&
               std::ranges::none_of(others, [&](const auto& other) { return go_together(one, other); });
    };
    const auto report = [&](const auto& values, const auto& spans, const auto& others, std::string_view list) {
        for (std::size_t i = 0; i < values.size(); ++i)
            if (lonely(values[i], others))
                add_error(
                    diagnostics, draft, spans[i],
                    values[i].text() + " has no counterpart of its family and protocol in `" + std::string{list} + "`",
                    "add one, or remove this: a pair is IPv4 or IPv6, and both ends name the same protocol or only "
                    "one of them names it");
    };
    report(c.local_subnets, draft.local_subnets, c.remote_subnets, "remote_subnets");
    report(c.remote_subnets, draft.remote_subnets, c.local_subnets, "local_subnets");
}

void check_counts(const ConnectionDraft& draft, Diagnostics& diagnostics)
{
    const auto& c = draft.connection;
    const auto count = pairs_of(c).size();
    if (count > most_pairs)
        add_error(diagnostics, draft, draft.mode,
                  "the networks make " + std::to_string(count) + " pairs, and at most 1000 fit one connection",
                  "join neighbouring networks, or write `mode = \"route\"`, which needs no pairs");
    else if (c.selectors == Selectors::Combined &&
             std::max(c.local_subnets.size(), c.remote_subnets.size()) > most_selectors)
        add_error(diagnostics, draft, draft.mode, "IKE tells at most 255 networks of one side for one CHILD_SA",
                  "write `selectors = \"each\"`, or join neighbouring networks");
}

} // namespace

void check_mode(const ConnectionDraft& draft, Diagnostics& diagnostics)
{
    if (draft.connection.mode == Mode::Route) return check_route_keys(draft, diagnostics);
    check_policy_keys(draft, diagnostics);
    check_partners(draft, diagnostics);
    check_counts(draft, diagnostics);
}

} // namespace linkspan::config
