#include "agent/peer_names.h"

#include "agent/compile_ike.h"

#include <algorithm>

namespace linkspan::agent {
namespace {

using std::chrono::seconds;

constexpr seconds shortest{5};
constexpr seconds longest{3600};
constexpr seconds longest_after_failure{300};

bool can_be_peer(const Resolved& answer)
{
    const auto& a = answer.address;
    return !a.is_unspecified() && !a.is_loopback() && !a.is_multicast() && !a.is_link_local();
}

} // namespace

std::set<PeerName> names_of(const config::Config& config)
{
    std::set<PeerName> names;
    for (const auto& c : config.connections)
        if (c.enabled && !c.peer_name.empty()) names.insert({c.peer_name, c.peer.family});
    return names;
}

KnownPeer after_answer(KnownPeer known, const std::vector<Resolved>& answers)
{
    std::optional<IpAddress> first;
    bool stays = false;
    for (const auto& answer : answers) {
        if (!can_be_peer(answer)) continue;
        stays |= known.address == answer.address;
        if (!first) first = answer.address;
    }
    if (!first) return after_failure(std::move(known), "the answer has no address that could be a peer's");
    if (!stays) known.address = first;
    known.error.clear();
    known.failures = 0;
    return known;
}

KnownPeer after_failure(KnownPeer known, const std::string& why)
{
    known.error = why;
    ++known.failures;
    return known;
}

seconds wait_after(const KnownPeer& known, const std::vector<Resolved>& answers)
{
    if (known.failures != 0)
        return std::min(shortest * (1 << std::min(known.failures - 1, 10U)), longest_after_failure);
    const auto soonest = std::ranges::min_element(answers, {}, &Resolved::ttl);
    return std::clamp(soonest == answers.end() ? shortest : soonest->ttl, shortest, longest);
}

bool fill_peers(const KnownPeers& known, config::Config& config)
{
    bool news = false;
    for (auto& c : config.connections) {
        if (c.peer_name.empty()) continue;
        const auto found = known.find({c.peer_name, c.peer.family});
        if (found == known.end() || !found->second.address || found->second.address == c.peer) continue;
        c.peer = *found->second.address;
        news = true;
    }
    return news;
}

bool locate_callers(const ike::SaView& sas, config::Config& config)
{
    bool news = false;
    for (auto& c : config.connections) {
        if (!c.peer_any) continue;
        const auto own = std::ranges::equal_range(sas, c.name, {}, &ike::IkeSa::connection);
        const ike::IkeSa* newest = nullptr;
        for (const auto& sa : own) {
            const bool carries = std::ranges::any_of(sa.children, ike::is_up);
            if (carries && sa.remote.family == c.peer.family && (!newest || newest->unique_id < sa.unique_id))
                newest = &sa;
        }
        if (!newest || newest->remote == c.peer) continue;
        c.peer = newest->remote;
        news = true;
    }
    return news;
}

bool recall_peers(const xfrm::Policies& policies, config::Config& config)
{
    bool news = false;
    for (auto& c : config.connections) {
        if ((c.peer_name.empty() && !c.peer_any) || !c.peer.is_unspecified()) continue;
        const auto reqid = children_of(c).front().reqid;
        const auto found = std::ranges::find_if(policies, [&](const xfrm::ObservedPolicy& policy) {
            return policy.ours && policy.key.direction == xfrm::Direction::Out && policy.protect &&
                   policy.protect->reqid == reqid && policy.protect->destination.family == c.peer.family;
        });
        if (found == policies.end()) continue;
        c.peer = found->protect->destination;
        news = true;
    }
    return news;
}

void take_over_peers(const config::Config& from, config::Config& config)
{
    for (auto& c : config.connections) {
        if ((c.peer_name.empty() && !c.peer_any) || !c.peer.is_unspecified()) continue;
        const auto same = std::ranges::lower_bound(from.connections, c.name, {}, &config::Connection::name);
        if (same == from.connections.end() || same->name != c.name) continue;
        if (same->peer_name != c.peer_name || same->peer_any != c.peer_any) continue;
        if (same->peer.family == c.peer.family) c.peer = same->peer;
    }
}

} // namespace linkspan::agent
