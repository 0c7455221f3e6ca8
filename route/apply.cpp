#include "route/apply.h"

#include "route/codec.h"
#include "route/describe.h"
#include "route/observe.h"
#include "route/rule_codec.h"

#include <algorithm>
#include <optional>

namespace linkspan::route {
namespace {

bool needs_link(const Op<AddressSpec>&)
{
    return true;
}

/// A route of ours is deleted by what it is, not by where it leads.
bool needs_link(const Op<RouteSpec>& op)
{
    return op.verb != Verb::Delete && op.spec.type == RouteType::Unicast;
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

/// True where `spec` is there already, just so and as ours.
bool stands(const Observed& now, const AddressSpec& spec)
{
    return std::ranges::any_of(now.own_addresses,
                               [&](const auto& a) { return a.link == spec.link && a.address == spec.address; });
}

bool stands(const Observed& now, const RouteSpec& spec)
{
    const auto found = now.own_routes.find(key_of(spec));
    if (found == now.own_routes.end()) return false;
    auto bare = spec;
    bare.connection = {};
    return found->second == bare;
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

/// A step whose link is known, or needs none.
struct Ready {
    std::size_t op = 0;
    IfIndex link = {};
};

template <typename Spec>
struct Round {
    netlink::Socket& socket;
    std::span<const Op<Spec>> ops;
    netlink::LinkNames names;
    std::vector<Result<>> outcomes = std::vector<Result<>>(ops.size());
    std::optional<Result<Observed>> now = {}; ///< read if something was there that the plan did not know of

    /// A step that removes something from a link that is gone is done; one that adds has failed.
    [[nodiscard]] std::vector<Ready> find_links()
    {
        std::vector<Ready> ready;
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

    /// Gone already is deleted; there already is created if it is ours and just so.
    [[nodiscard]] Result<> judge(const Op<Spec>& op, Error error)
    {
        if (op.verb == Verb::Delete && error.kind == Kind::NotFound) return {};
        if (op.verb != Verb::Delete && error.kind == Kind::Exists) {
            if (!now) now = observe(socket, names);
            if (*now && stands(**now, op.spec)) return {};
            error.kind = Kind::Foreign;
        }
        return std::unexpected(std::move(error));
    }

    void send(const std::vector<Ready>& ready)
    {
        const auto op_of = [&](std::size_t i) -> const Op<Spec>& { return ops[ready[i].op]; };
        auto answers = socket.request_all({
            .count = ready.size(),
            .build = [&](std::size_t i, netlink::Message& m) { encode(m, op_of(i), ready[i].link); },
            .what = [&](std::size_t i) { return std::string{doing(op_of(i).verb)} + describe(op_of(i).spec); },
        });
        for (std::size_t i = 0; i < ready.size(); ++i)
            if (!answers[i]) outcomes[ready[i].op] = judge(op_of(i), std::move(answers[i]).error());
    }
};

template <typename Spec>
std::vector<Result<>> perform(netlink::Socket& socket, std::span<const Op<Spec>> ops, netlink::LinkNames names)
{
    Round<Spec> round{socket, ops, std::move(names)};
    round.send(round.find_links());
    return std::move(round.outcomes);
}

} // namespace

std::vector<Result<>> apply_all(netlink::Socket& socket, std::span<const Op<AddressSpec>> ops, netlink::LinkNames names)
{
    return perform(socket, ops, std::move(names));
}

std::vector<Result<>> apply_all(netlink::Socket& socket, std::span<const Op<RouteSpec>> ops, netlink::LinkNames names)
{
    return perform(socket, ops, std::move(names));
}

Result<> apply(netlink::Socket& socket, const Op<RuleSpec>& op)
{
    const bool removes = op.verb == Verb::Delete;
    netlink::Message message;
    if (removes)
        encode_delete(message, op.spec);
    else
        encode_create(message, op.spec);
    auto done = socket.request(message, std::string{doing(op.verb)} + describe(op.spec));
    if (!done && done.error().kind == (removes ? Kind::NotFound : Kind::Exists)) return {};
    return done;
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
