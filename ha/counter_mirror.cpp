#include "ha/counter_mirror.h"

#include <algorithm>

namespace linkspan::ha {
namespace {

using std::chrono::milliseconds;

/// Entries of SAs that nobody tells of any more are kept so long: a rekeyed SA goes, and is not told of again.
constexpr auto memory = std::chrono::seconds{60};
/// What was told within this time is so at present: ten tellings.
constexpr std::chrono::seconds current{2};
/// What the telling itself takes: reading, sending, and one interval of waiting for it.
constexpr milliseconds telling{500};

std::uint64_t rate(std::uint64_t packets, Monotonic::duration time)
{
    const auto ms = std::max<std::int64_t>(std::chrono::duration_cast<milliseconds>(time).count(), 1);
    return packets > (std::uint64_t{1} << 50) ? ~std::uint64_t{0} : packets * 1000 / static_cast<std::uint64_t>(ms);
}

/// splitmix64's finish: of sums of these, other sets have other ones.
std::uint64_t mixed(std::uint64_t x)
{
    x = (x ^ x >> 30) * 0xbf58'476d'1ce4'e5b9;
    x = (x ^ x >> 27) * 0x94d0'49bb'1331'11eb;
    return x ^ x >> 31;
}

} // namespace

void CounterMirror::take(const CounterFrame& frame, Monotonic now)
{
    if (frame.epoch < epoch_) return;
    if (frame.epoch != epoch_) final_ = false;
    epoch_ = frame.epoch;
    if (final_ && !frame.last) return; // it was overtaken on the way
    final_ = frame.last;
    newest_ = now;
    for (const auto& told : frame.told) {
        auto [place, fresh] = entries_.try_emplace({told.destination, told.spi}, Entry{told.number, 0, now, {}});
        auto& entry = place->second;
        if (!fresh && told.number > entry.number)
            entry.peak = std::max(entry.peak, rate(told.number - entry.number, now - entry.at));
        entry.number = std::max(entry.number, told.number);
        entry.at = now;
        entry.last = frame.last ? frame.epoch : Epoch{};
    }
    std::erase_if(entries_, [&](const auto& item) { return now - item.second.at > memory; });
}

bool CounterMirror::is_told(Monotonic now) const
{
    return newest_ && now - *newest_ < current;
}

bool CounterMirror::is_told_of(const xfrm::StateKey& key, Monotonic now) const
{
    const auto found = entries_.find(key);
    return is_told(now) && found != entries_.end() && now - found->second.at < current;
}

std::vector<xfrm::StateKey> CounterMirror::told(Monotonic now) const
{
    std::vector<xfrm::StateKey> keys;
    for (const auto& [key, entry] : entries_)
        if (is_told(now) && now - entry.at < current) keys.push_back(key);
    return keys;
}

CounterMirror::Targets CounterMirror::targets(const std::vector<xfrm::SaCounters>& have,
                                              const std::set<IpAddress>& shared, bool exact, Monotonic now) const
{
    Targets targets;
    for (const auto& sa : have) {
        const auto found = entries_.find(sa.key);
        const bool inbound = shared.contains(sa.key.destination);
        const bool known = found != entries_.end();
        auto number = known ? found->second.number : 0;
        const bool is_last = final_ && known && found->second.last == epoch_;
        if (!inbound && !(exact && is_last)) {
            const auto since = known ? found->second.at : newest_.value_or(now);
            const auto age = std::chrono::ceil<milliseconds>(now - since) + telling;
            number = std::max(number, sa.sent) +
                     (newest_ ? xfrm::jump_for(known ? found->second.peak : 0, age) : xfrm::longest_jump);
        }
        auto next = inbound ? xfrm::advanced(sa, 0, number) : xfrm::advanced(sa, number, 0);
        if (!next) {
            if (!inbound) targets.ended.push_back(sa);
            targets.refused.push_back(std::move(next).error());
        } else if (*next != sa)
            targets.counters.push_back(*next);
    }
    return targets;
}

std::vector<CounterFrame> frames_of(const std::vector<xfrm::SaCounters>& have, const std::set<IpAddress>& shared,
                                    Epoch epoch, bool last)
{
    std::vector<CounterFrame> frames;
    for (std::size_t begin = 0; begin < have.size() || begin == 0; begin += most_told) {
        CounterFrame frame{.epoch = epoch, .last = last};
        for (std::size_t i = begin; i < std::min(begin + most_told, have.size()); ++i) {
            const auto& sa = have[i];
            frame.told.push_back(
                {sa.key.destination, sa.key.spi, shared.contains(sa.key.destination) ? sa.received : sa.sent});
        }
        frames.push_back(std::move(frame));
    }
    return frames;
}

Replication replication_of(const std::vector<xfrm::SaCounters>& have, std::optional<Monotonic> newest, Monotonic now)
{
    Replication replication{.sas = static_cast<std::uint32_t>(have.size()), .counters_age = 0xffff'ffff};
    for (const auto& sa : have)
        replication.spis +=
            mixed(std::uint64_t{sa.key.spi.value} << 32 | std::hash<IpAddress>{}(sa.key.destination) >> 32);
    if (newest) {
        const auto age = std::chrono::duration_cast<milliseconds>(now - *newest).count();
        replication.counters_age = static_cast<std::uint32_t>(std::clamp<std::int64_t>(age, 0, 0xffff'fffe));
    }
    return replication;
}

} // namespace linkspan::ha
