#include "xfrm/apply.h"

#include "xfrm/describe.h"
#include "xfrm/observe.h"
#include "xfrm/policy_codec.h"
#include "xfrm/state_codec.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <optional>

namespace linkspan::xfrm {

namespace {

void encode(const Op<PolicySpec>& op, netlink::Message& message)
{
    switch (op.verb) {
    case Verb::Create: return encode_create(op.spec, message);
    case Verb::Update:
    case Verb::Replace: return encode_update(op.spec, message); // the kernel changes every part in place
    case Verb::Delete: return encode_delete(op.spec.key, message);
    }
}

std::string what_of(const Op<PolicySpec>& op)
{
    return (op.verb == Verb::Delete ? "delete " : "install ") + describe(op.spec.key);
}

/// A create was refused because the key is taken: by ours after all (a dump may miss what is updated meanwhile), or by
/// somebody else since we looked.
Result<> adopt(netlink::Socket& socket, const PolicySpec& spec)
{
    Policies there;
    TRY(refresh_policies(socket, there, std::span{&spec.key, 1}));
    const ObservedPolicy* found = find(there, spec.key);
    if (found && !found->ours) return failure(Kind::Foreign, describe(spec.key) + ": " + holder(*found) + " is there");
    if (found && !found->drifted && found->protect == spec.protect) return {};
    netlink::Message message;
    encode_update(spec, message);
    return socket.request(message, "install " + describe(spec.key));
}

Result<> judge(netlink::Socket& socket, const Op<PolicySpec>& op, Result<> outcome)
{
    if (outcome) return outcome;
    if (op.verb == Verb::Create && outcome.error().kind == Kind::Exists) return adopt(socket, op.spec);
    if (op.verb == Verb::Delete && outcome.error().kind == Kind::NotFound) return {};
    return outcome;
}

} // namespace

std::vector<Result<>> apply_all(netlink::Socket& socket, std::span<const Op<PolicySpec>> ops)
{
    auto outcomes = socket.request_all({
        .count = ops.size(),
        .build = [&](std::size_t i, netlink::Message& message) { encode(ops[i], message); },
        .what = [&](std::size_t i) { return what_of(ops[i]); },
    });
    for (std::size_t i = 0; i < ops.size(); ++i) outcomes[i] = judge(socket, ops[i], std::move(outcomes[i]));
    return outcomes;
}

Result<> apply(netlink::Socket& socket, const Op<PolicySpec>& op)
{
    return std::move(apply_all(socket, std::span{&op, 1}).front());
}

Result<> apply(netlink::Socket& socket, const Op<StateSpec>& op)
{
    const auto& spec = op.spec;
    constexpr std::uint64_t last = 0xffff'ffff;
    if (op.verb != Verb::Delete && !spec.esn && spec.sequence > last - sequence_margin)
        return failure(Kind::Config, "the sequence numbers of keys \"" + spec.label +
                                         "\" are used up: rotate to new ones, with `esn = true` if the peer can");
    if (op.verb != Verb::Create) TRY(delete_state(socket, {.key = spec.key, .mark = spec.mark}));
    if (op.verb == Verb::Delete) return {};
    netlink::Message message{0, 0, netlink::Content::Secret};
    encode_install(spec, message);
    auto outcome = socket.request(message, "install " + describe(spec));
    if (!outcome && outcome.error().kind == Kind::Exists)
        return failure(Kind::Foreign, describe(spec) + ": an SA of this SPI is there that linkspan did not make");
    return outcome;
}

Result<> delete_state(netlink::Socket& socket, const ObservedState& state)
{
    netlink::Message message;
    encode_delete(state, message);
    auto outcome = socket.request(message, "delete " + describe(state.key));
    if (!outcome && outcome.error().kind == Kind::NotFound) return {};
    return outcome;
}

Result<> send_by_sas(int socket, Family family, const Template& protect)
{
    const auto policy = socket_policy(family, protect);
    const int level = family == Family::V4 ? int{IPPROTO_IP} : int{IPPROTO_IPV6};
    const int option = family == Family::V4 ? IP_XFRM_POLICY : IPV6_XFRM_POLICY;
    if (::setsockopt(socket, level, option, policy.data(), static_cast<socklen_t>(policy.size())) != 0)
        return sys_error(errno, "give a socket a policy of its own");
    return {};
}

Result<> rank_state(netlink::Socket& socket, const ObservedState& state, Rank rank)
{
    const auto what = "rank " + describe(state.key);
    std::optional<Renewable> found;
    netlink::Message message{0, 0, netlink::Content::Secret};
    encode_get(state, message);
    const auto seen = socket.get(message, what, [&](const nlmsghdr& answer) { found = decode_renewable(answer); });
    if (!seen && seen.error().kind != Kind::NotFound) return seen;
    if (!found) return {};
    auto outcomes = socket.request_all({
        .count = 2, // in one system call: what ends us does not come in between
        .build = [&](std::size_t i,
                     netlink::Message& to) { (i == 0 ? encode_added : encode_lifetimes)(*found, rank, to); },
        .what = [&](std::size_t) { return what; },
    });
    const auto& failed = outcomes[0] ? outcomes[1] : outcomes[0];
    if (failed || failed.error().kind == Kind::NotFound) return {};
    if (outcomes[0]) {
        encode_added(*found, Rank::Plain, message);
        TRY(socket.request(message, what));
    }
    return failed;
}

} // namespace linkspan::xfrm
