#include "pair/told_flows.h"

#include <boost/container_hash/hash.hpp>

namespace linkspan::pair {

std::size_t ToldFlows::Hash::operator()(const Key& key) const
{
    std::size_t seed = key.protocol;
    for (const auto* end : {&key.source, &key.destination}) {
        const auto octets = end->address.octets();
        boost::hash_range(seed, octets.begin(), octets.end());
        boost::hash_combine(seed, end->port);
    }
    boost::hash_combine(seed, key.zone);
    return seed;
}

void ToldFlows::take(const FlowNews& news, Monotonic now)
{
    newest_ = now;
    const auto& flow = news.flow;
    const Key key{flow.protocol, flow.source, flow.destination, flow.zone};
    if (news.gone)
        told_.erase(key);
    else
        told_[key] = {flow, now};
}

std::vector<Flow> ToldFlows::take_silent(Monotonic now)
{
    std::vector<Flow> silent;
    if (now - newest_ > round) return silent; // nobody tells of anything: who told may be dead
    std::erase_if(told_, [&](const auto& entry) {
        const bool gone = now - entry.second.at > patience;
        if (gone) silent.push_back(entry.second.flow);
        return gone;
    });
    return silent;
}

} // namespace linkspan::pair
