#include "pair/told_flows.h"

#include <boost/container_hash/hash.hpp>

#include <utility>

namespace linkspan::pair {

std::size_t ToldFlows::Hash::operator()(const FlowKey& key) const
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
    const auto key = key_of(news.flow);
    if (news.gone) {
        told_.erase(key);
        return;
    }
    auto& told = told_[key];
    const auto before = std::exchange(told, {news.flow, now}).flow;
    keep_tcp(told.flow, before);
}

const Flow* ToldFlows::find(const FlowKey& key) const
{
    const auto found = told_.find(key);
    return found == told_.end() ? nullptr : &found->second.flow;
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
