#include "egress/pins.h"

#include <algorithm>
#include <span>

namespace linkspan::egress {
namespace {

constexpr std::chrono::seconds sweep_interval{1}; // a full table is searched for room no more often
/// Room that is made at once: a table of tens of thousands that grows is a pause of milliseconds for whoever waits.
constexpr std::size_t foreseen = 131'072;

} // namespace

std::size_t Pins::Hash::operator()(const Pair& pair) const
{
    constexpr std::size_t odd = 0x9e37'79b9'7f4a'7c15U; // 2^64 divided by the golden ratio
    return std::hash<IpAddress>{}(pair.address) * odd + std::hash<IpAddress>{}(pair.client);
}

void Pins::forget(Monotonic now)
{
    swept_ = now;
    per_client_.clear();
    size_ = 0;
    for (auto entry = entries_.begin(); entry != entries_.end();) {
        auto& classes = entry->second.classes;
        classes.erase(std::ranges::remove_if(classes, [&](const Stands& one) { return one.until <= now; }).begin(),
                      classes.end());
        if (classes.empty()) {
            entry = entries_.erase(entry);
            continue;
        }
        per_client_[entry->first.client] += classes.size();
        size_ += classes.size();
        ++entry;
    }
}

bool Pins::has_room(const IpAddress& client, Monotonic now)
{
    const auto full = [&] {
        const auto count = per_client_.find(client);
        return size_ >= limits_.total || (count != per_client_.end() && count->second >= limits_.per_client);
    };
    if (full() && now >= swept_ + sweep_interval) forget(now);
    return !full();
}

Monotonic* Pins::stands(const Pair& pair, std::uint16_t service_class, Monotonic now)
{
    const auto find = [&]() -> Monotonic* {
        const auto entry = entries_.find(pair);
        if (entry == entries_.end()) return nullptr;
        const auto one = std::ranges::find(entry->second.classes, service_class, &Stands::service_class);
        return one == entry->second.classes.end() ? nullptr : &one->until;
    };
    if (Monotonic* until = find()) return until;
    if (!has_room(pair.client, now)) return nullptr;
    if (entries_.empty()) entries_.reserve(std::min(limits_.total, foreseen));
    ++per_client_[pair.client];
    ++size_;
    return &entries_[pair].classes.emplace_back(Stands{service_class, {}}).until;
}

void Pins::call(const Pair& pair, const Name& name)
{
    const auto entry = entries_.find(pair);
    if (entry == entries_.end()) return;
    auto& names = entry->second.names;
    const auto known = std::ranges::find_if(names, [&](const Name& one) { return *one == *name; });
    if (known != names.end()) names.erase(known);
    if (names.size() == names_kept) names.erase(names.begin());
    names.push_back(name);
}

/// Whoever tells of the same pin again says whole seconds, which begin at another moment here.
constexpr std::chrono::seconds precision{1};

Learnt Pins::adopt(const Standing& standing, Monotonic now)
{
    Learnt learnt;
    const Pair pair{standing.client, standing.address};
    if (standing.until <= now) return learnt;
    for (const std::uint16_t service_class : standing.classes) {
        Monotonic* const until = stands(pair, service_class, now);
        if (until == nullptr) ++learnt.refused;
        if (until == nullptr || *until + precision >= standing.until) continue;
        *until = standing.until;
        learnt.pins.push_back({{standing.client, standing.address, service_class},
                               std::chrono::ceil<std::chrono::seconds>(standing.until - now)});
    }
    for (const auto& name : standing.names) call(pair, name);
    return learnt;
}

Learnt Pins::learn(const IpAddress& client, const DnsAnswer& answer, const ClassSet& allowed, Monotonic now)
{
    Learnt learnt;
    const auto name = std::make_shared<const DnsName>(answer.question.name);
    const std::size_t count = std::min(answer.addresses.size(), limits_.addresses_per_answer);
    learnt.refused = (answer.addresses.size() - count) * allowed.size();
    for (const FoundAddress& found : std::span{answer.addresses.data(), count}) {
        const auto timeout =
            std::clamp(std::chrono::seconds{found.ttl}, limits_.shortest, limits_.longest) + limits_.grace;
        const Pair pair{client, found.address};
        for (const std::uint16_t service_class : allowed) {
            Monotonic* const until = stands(pair, service_class, now);
            if (until == nullptr) ++learnt.refused;
            if (until == nullptr || *until >= now + timeout) continue;
            const bool fresh = *until == Monotonic{};
            *until = now + timeout;
            learnt.pins.push_back({{client, found.address, service_class}, timeout, fresh});
        }
        call(pair, name);
    }
    return learnt;
}

void Pins::unlearn(const Pin& pin)
{
    const auto entry = entries_.find({pin.client, pin.address});
    if (entry == entries_.end()) return;
    for (Stands& one : entry->second.classes)
        if (one.service_class == pin.service_class) one.until = {};
}

std::optional<DnsName> Pins::name_of(const IpAddress& client, const IpAddress& address) const
{
    const auto entry = entries_.find({client, address});
    if (entry == entries_.end() || entry->second.names.empty()) return std::nullopt;
    return *entry->second.names.back();
}

Pins::Names Pins::names_of(const IpAddress& client, const IpAddress& address) const
{
    const auto entry = entries_.find({client, address});
    return entry == entries_.end() ? Names{} : entry->second.names;
}

} // namespace linkspan::egress
