#include "ha/missing.h"

#include <algorithm>
#include <utility>

namespace linkspan::ha {

std::vector<xfrm::StateKey> Missing::look(const std::vector<xfrm::SaCounters>& have, const CharonHere& charon,
                                          const CounterMirror& mirror, Monotonic now)
{
    const auto is_whole = [&](const xfrm::StateKey& key) {
        return std::ranges::binary_search(have, key, {}, &xfrm::SaCounters::key) && !charon.unknown.contains(key);
    };
    std::vector<xfrm::StateKey> over;
    std::map<xfrm::StateKey, Monotonic> seen;
    bool lacks = false;
    needs_look_ = false;
    for (const auto& key : mirror.told(now)) {
        if (is_whole(key)) continue;
        const auto known = since_.find(key);
        const auto since = known == since_.end() ? now : known->second;
        seen.emplace(key, since);
        const bool ready = charon.takes && charon.seen >= since + settled;
        needs_look_ = needs_look_ || (!ready && now - since >= settled);
        if (ready && now - since >= patience) over.push_back(key);
        lacks = lacks || lacks_ || now - since >= settled;
    }
    since_ = std::move(seen);
    if (mirror.is_told(now)) lacks_ = lacks;
    return over;
}

std::vector<CounterFrame> frames_of(const std::vector<xfrm::StateKey>& missing, Epoch epoch)
{
    std::vector<CounterFrame> frames;
    for (const auto& key : missing) {
        if (frames.empty() || frames.back().told.size() == most_told) frames.push_back({.epoch = epoch});
        frames.back().told.push_back({key.destination, key.spi, 0});
    }
    return frames;
}

} // namespace linkspan::ha
