#include "route/apply.h"

#include "netlink/link_names.h"
#include "route/codec.h"
#include "route/describe.h"
#include "route/observe.h"

#include <algorithm>
#include <functional>

namespace linkspan::route {
namespace {

/// A step whose link is known, or needs none.
struct Ready {
    std::size_t op = 0;
    IfIndex link = {};
};

/// Finds the links. A step that removes something from a link that is gone is done; one that adds has failed.
template <typename Spec>
std::vector<Ready> resolve(std::span<const Op<Spec>> ops, std::vector<Result<>>& outcomes,
                           const std::function<bool(const Op<Spec>&)>& needs_link)
{
    std::vector<Ready> ready;
    netlink::LinkNames names;
    for (std::size_t i = 0; i < ops.size(); ++i) {
        if (!needs_link(ops[i])) {
            ready.push_back({i, {}});
        } else if (auto index = names.index_of(ops[i].spec.link)) {
            ready.push_back({i, *index});
        } else if (ops[i].verb != Verb::Delete || index.error().kind != Kind::NotFound) {
            index.error().what.insert(0, describe(ops[i].spec) + ": ");
            outcomes[i] = std::unexpected(std::move(index).error());
        }
    }
    return ready;
}

std::string_view doing(Verb verb)
{
    switch (verb) {
    case Verb::Create: return "create ";
    case Verb::Delete: return "delete ";
    case Verb::Update:
    case Verb::Replace: break;
    }
    return "change ";
}

/// Sends one message a step, and then judges what was refused: gone already is deleted; there already is created if
/// `stands` says that it is ours and just so.
template <typename Spec>
void send(netlink::Socket& socket, std::span<const Op<Spec>> ops, const std::vector<Ready>& ready,
          std::vector<Result<>>& outcomes,
          const std::function<void(netlink::Message&, const Op<Spec>&, IfIndex)>& encode,
          const std::function<bool(const Observed&, const Spec&)>& stands)
{
    auto answers = socket.request_all({
        .count = ready.size(),
        .build = [&](std::size_t i, netlink::Message& m) { encode(m, ops[ready[i].op], ready[i].link); },
        .what =
            [&](std::size_t i) {
                const auto& op = ops[ready[i].op];
                return std::string{doing(op.verb)} + describe(op.spec);
            },
    });
    std::optional<Result<Observed>> now; // read at most once, and only if the kernel was fuller than planned for
    for (std::size_t i = 0; i < ready.size(); ++i) {
        if (answers[i]) continue;
        const auto& op = ops[ready[i].op];
        Error error = std::move(answers[i]).error();
        if (op.verb == Verb::Delete && error.kind == Kind::NotFound) continue;
        if (op.verb != Verb::Delete && error.kind == Kind::Exists) {
            if (!now) now = observe(socket);
            if (*now && stands(**now, op.spec)) continue;
            error.kind = Kind::Foreign;
        }
        outcomes[ready[i].op] = std::unexpected(std::move(error));
    }
}

bool address_stands(const Observed& now, const AddressSpec& spec)
{
    return std::ranges::any_of(now.own_addresses,
                               [&](const auto& a) { return a.link == spec.link && a.address == spec.address; });
}

bool route_stands(const Observed& now, const RouteSpec& spec)
{
    const auto found = now.own_routes.find(key_of(spec));
    if (found == now.own_routes.end()) return false;
    auto bare = spec;
    bare.connection = {};
    return found->second == bare;
}

void encode(netlink::Message& m, const Op<AddressSpec>& op, IfIndex link)
{
    if (op.verb == Verb::Delete)
        encode_delete(m, op.spec, link);
    else
        encode_create(m, op.spec, link);
}

void encode(netlink::Message& m, const Op<RouteSpec>& op, IfIndex link)
{
    if (op.verb == Verb::Delete)
        encode_delete(m, op.spec);
    else
        encode_put(m, op.spec, link, op.verb != Verb::Create);
}

} // namespace

std::vector<Result<>> apply_all(netlink::Socket& socket, std::span<const Op<AddressSpec>> ops)
{
    std::vector<Result<>> outcomes(ops.size());
    const auto ready = resolve<AddressSpec>(ops, outcomes, [](const auto&) { return true; });
    send<AddressSpec>(
        socket, ops, ready, outcomes, [](auto& m, const auto& op, IfIndex l) { encode(m, op, l); }, address_stands);
    return outcomes;
}

std::vector<Result<>> apply_all(netlink::Socket& socket, std::span<const Op<RouteSpec>> ops)
{
    std::vector<Result<>> outcomes(ops.size());
    const auto ready = resolve<RouteSpec>(
        ops, outcomes, [](const auto& op) { return op.verb != Verb::Delete && op.spec.type == RouteType::Unicast; });
    send<RouteSpec>(
        socket, ops, ready, outcomes, [](auto& m, const auto& op, IfIndex l) { encode(m, op, l); }, route_stands);
    return outcomes;
}

Result<> apply(netlink::Socket& socket, const Op<AddressSpec>& op)
{
    return std::move(apply_all(socket, std::span{&op, 1}).front());
}

Result<> apply(netlink::Socket& socket, const Op<RouteSpec>& op)
{
    return std::move(apply_all(socket, std::span{&op, 1}).front());
}

} // namespace linkspan::route
