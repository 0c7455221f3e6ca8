#include "xfrm/observe.h"

#include "xfrm/describe.h"
#include "xfrm/policy_codec.h"
#include "xfrm/state_codec.h"

#include <algorithm>
#include <iterator>
#include <optional>

namespace linkspan::xfrm {

namespace {

/// From how many keys on one dump costs less than asking for each.
constexpr std::size_t dump_from = 1024;

constexpr auto by_key = &ObservedPolicy::key;

Result<std::optional<ObservedPolicy>> look(netlink::Socket& socket, const PolicyKey& key)
{
    std::optional<ObservedPolicy> found;
    netlink::Message message;
    encode_get(key, message);
    auto outcome =
        socket.get(message, "read " + describe(key), [&](const nlmsghdr& answer) { found = decode_policy(answer); });
    if (!outcome && outcome.error().kind != Kind::NotFound) return std::unexpected(std::move(outcome).error());
    return found;
}

} // namespace

Result<Policies> observe_policies(netlink::Socket& socket)
{
    Policies policies;
    netlink::Message message;
    encode_dump_policies(message);
    TRY(socket.dump(message, "read policies", [&](const nlmsghdr& answer) {
        if (auto policy = decode_policy(answer)) policies.push_back(*policy);
    }));
    std::ranges::sort(policies, {}, by_key);
    const auto twice = std::ranges::unique(policies, {}, by_key);
    policies.erase(twice.begin(), twice.end());
    return policies;
}

Result<> refresh_policies(netlink::Socket& socket, Policies& policies, std::span<const PolicyKey> keys)
{
    if (keys.size() >= dump_from) {
        auto all = observe_policies(socket);
        if (!all) return std::unexpected(std::move(all).error());
        policies = std::move(*all);
        return {};
    }
    std::vector<PolicyKey> named(keys.begin(), keys.end());
    std::ranges::sort(named);
    const auto twice = std::ranges::unique(named);
    named.erase(twice.begin(), twice.end());
    Policies found;
    for (const PolicyKey& key : named) {
        auto policy = look(socket, key);
        if (!policy) return std::unexpected(std::move(policy).error());
        if (*policy) found.push_back(**policy);
    }
    Policies merged;
    merged.reserve(policies.size() + found.size());
    std::erase_if(policies, [&](const ObservedPolicy& p) { return std::ranges::binary_search(named, p.key); });
    std::ranges::merge(policies, found, std::back_inserter(merged), {}, by_key, by_key);
    policies = std::move(merged);
    return {};
}

Result<std::vector<ObservedState>> observe_states(netlink::Socket& socket)
{
    std::vector<ObservedState> states;
    netlink::Message message{0, 0, netlink::Content::Secret};
    encode_dump_states(message);
    TRY(socket.dump(message, "read SAs", [&](const nlmsghdr& answer) {
        if (auto state = decode_state(answer)) states.push_back(*state);
    }));
    std::ranges::sort(states, {}, &ObservedState::key);
    return states;
}

} // namespace linkspan::xfrm
