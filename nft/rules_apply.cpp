#include "nft/rules_apply.h"

#include "netlink/socket.h"
#include "nft/context.h"
#include "nft/rules_plan.h"
#include "nft/rules_render.h"
#include "nft/session.h"

#include <linux/netlink.h>

namespace linkspan::nft {
namespace {

Result<> end_sessions(const std::set<IpPrefix>& networks, const Rules& rules)
{
    if (networks.empty()) return {};
    auto socket = netlink::Socket::open(NETLINK_NETFILTER);
    TRY(socket);
    std::vector<Session> stale;
    netlink::Message question;
    encode_get_sessions(question);
    TRY(socket->dump(question, "read tracked sessions", [&](const nlmsghdr& message) {
        auto session = decode_session(message);
        if (session && concerns(*session, networks) && is_stale(*session, rules)) stale.push_back(std::move(*session));
    }));
    const auto outcomes = socket->request_all(
        {stale.size(), [&](std::size_t i, netlink::Message& message) { encode_end_session(stale[i], message); },
         [&](std::size_t i) {
             return "end the session of " + stale[i].first.source.text() + " with " + stale[i].first.destination.text();
         }});
    for (const auto& outcome : outcomes)
        if (!outcome && outcome.error().kind != Kind::NotFound) return outcome;
    return {};
}

} // namespace

Result<> apply(const Op<RulesTable>& op)
{
    const auto what = "change " + describe(op.spec);
    const auto changed = run(render(op), what);
    if (!changed) return std::unexpected(changed.error());
    const bool stays = op.verb != Verb::Delete && op.spec.rules;
    TRY(end_sessions(ending_of(op), stays ? *op.spec.rules : Rules{}));
    const auto done = run(render_done(op), what);
    if (!done) return std::unexpected(done.error());
    return {};
}

} // namespace linkspan::nft
