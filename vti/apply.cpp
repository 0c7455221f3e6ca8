#include "vti/apply.h"

#include "vti/codec.h"
#include "vti/describe.h"
#include "vti/observe.h"
#include "vti/sysctl.h"

#include <functional>

namespace linkspan::vti {
namespace {

/// One message a step, for all steps that `takes_part` accepts and that have not failed so far.
struct Round {
    std::string_view doing = {};
    std::function<bool(Verb)> takes_part = {};
    std::function<void(netlink::Message&, const Spec&)> encode = {};
    /// What a refusal comes to: the error as it is, or success.
    std::function<Result<>(const Spec&, Error)> judge = {};
};

struct Steps {
    netlink::Socket& socket;
    std::span<const Op<Spec>> ops;
    std::vector<Result<>> outcomes;

    [[nodiscard]] std::vector<std::size_t> still_going(const std::function<bool(Verb)>& takes_part) const
    {
        std::vector<std::size_t> which;
        for (std::size_t i = 0; i < ops.size(); ++i)
            if (outcomes[i] && takes_part(ops[i].verb)) which.push_back(i);
        return which;
    }

    void send(const Round& round)
    {
        const auto which = still_going(round.takes_part);
        auto answers = socket.request_all({
            .count = which.size(),
            .build = [&](std::size_t i, netlink::Message& m) { round.encode(m, ops[which[i]].spec); },
            .what = [&](std::size_t i) { return std::string{round.doing} + " " + describe(ops[which[i]].spec); },
        });
        for (std::size_t i = 0; i < which.size(); ++i)
            if (!answers[i]) outcomes[which[i]] = round.judge(ops[which[i]].spec, std::move(answers[i]).error());
    }
};

bool removes(Verb verb)
{
    return verb == Verb::Delete || verb == Verb::Replace;
}

bool creates(Verb verb)
{
    return verb == Verb::Create || verb == Verb::Replace;
}

bool sets(Verb verb)
{
    return verb != Verb::Delete;
}

std::function<Result<>(const Spec&, Error)> forgive(Kind kind)
{
    return [kind](const Spec&, Error error) -> Result<> {
        if (error.kind == kind) return {};
        return std::unexpected(std::move(error));
    };
}

Result<> refuse(const Spec&, Error error)
{
    return std::unexpected(std::move(error));
}

bool same_tunnel(const Spec& a, const Spec& b)
{
    return a.kind == b.kind && a.local == b.local && a.remote == b.remote && a.key == b.key && a.if_id == b.if_id;
}

/// The link appeared between observing and creating: ours if it is the very one, else somebody else's.
Result<> judge_existing(netlink::Socket& socket, const Spec& spec, Error error)
{
    if (error.kind != Kind::Exists) return std::unexpected(std::move(error));
    Observed found;
    TRY(refresh(socket, found, std::span{&spec.name, 1}));
    const auto link = found.find(spec.name);
    if (link == found.end()) // its if_id or endpoints are taken by a link of another name
        return std::unexpected(Error{Kind::Foreign, error.sys, std::move(error.what)});
    if (link->second.ours && same_tunnel(*link->second.tunnel, spec)) return {};
    return failure(Kind::Foreign, describe(spec) + ": another link has this name");
}

} // namespace

std::vector<Result<>> apply_all(netlink::Socket& socket, std::span<const Op<Spec>> ops)
{
    Steps steps{socket, ops, std::vector<Result<>>(ops.size())};
    steps.send({"delete", removes, [](netlink::Message& m, const Spec& s) { encode_delete(m, s.name); },
                forgive(Kind::NotFound)});
    steps.send({"create", creates, encode_create,
                [&](const Spec& s, Error error) { return judge_existing(socket, s, std::move(error)); }});
    steps.send({"set", sets, encode_settings, refuse});
    steps.send({"set IPv6 of", sets, [](netlink::Message& m, const Spec& s) { encode_ipv6_settings(m, s.name); },
                forgive(Kind::Unsupported)});
    for (const auto i : steps.still_going(sets)) {
        const auto& spec = ops[i].spec;
        if (auto written = write_ipv6_sysctls(spec.name, spec.kind); !written) steps.outcomes[i] = std::move(written);
    }
    steps.send({"set up", sets, [](netlink::Message& m, const Spec& s) { encode_up(m, s.name); }, refuse});
    return std::move(steps.outcomes);
}

Result<> apply(netlink::Socket& socket, const Op<Spec>& op)
{
    return std::move(apply_all(socket, std::span{&op, 1}).front());
}

} // namespace linkspan::vti
