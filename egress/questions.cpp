#include "egress/questions.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace linkspan::egress {

/// The names and ids of questions are what differs; mixing in the client spares the usual hosts that all ask one resolver.
std::size_t Questions::Hash::operator()(const OpenQuestion& question) const
{
    constexpr std::size_t odd = 0x9e37'79b9'7f4a'7c15U; // 2^64 divided by the golden ratio
    std::size_t hash = std::hash<DnsName>{}(question.question.name);
    hash = hash * odd + std::hash<IpAddress>{}(question.client);
    return hash * odd + (static_cast<std::size_t>(question.port) << 16 | question.question.id);
}

void Questions::count_off(const IpAddress& client, std::size_t waited)
{
    if (waited == 0) return;
    const auto count = per_client_.find(client);
    if ((count->second -= waited) == 0) per_client_.erase(count);
}

void Questions::forget_first()
{
    const auto open = open_.find(*order_.front().question);
    order_.pop_front();
    const std::size_t waited = std::min<std::size_t>(open->second.waits, 1);
    open->second.waits -= waited;
    count_off(open->first.client, waited);
    if (--open->second.turns == 0) open_.erase(open); // else it was asked again
}

bool Questions::asked(const OpenQuestion& question, Monotonic now)
{
    while (!order_.empty() && order_.front().until <= now) forget_first();
    if (const auto count = per_client_.find(question.client);
        count != per_client_.end() && count->second >= limits_.per_client)
        return false;
    while (!order_.empty() && order_.size() >= limits_.total) forget_first();
    if (open_.empty()) open_.reserve(limits_.total); // not to grow while somebody waits
    const Monotonic until = now + limits_.lifetime;
    const auto [open, fresh] = open_.try_emplace(question);
    open->second.until = until;
    ++open->second.turns;
    ++open->second.waits;
    order_.push_back({&open->first, until});
    ++per_client_[question.client];
    return true;
}

void Questions::carry_on(Questions before)
{
    before.limits_ = limits_;
    *this = std::move(before);
}

bool Questions::is_open(const OpenQuestion& question, Monotonic now) const
{
    const auto open = open_.find(question);
    return open != open_.end() && now < open->second.until;
}

void Questions::answered(const OpenQuestion& question)
{
    const auto open = open_.find(question);
    if (open == open_.end()) return;
    count_off(question.client, std::exchange(open->second.waits, 0));
}

} // namespace linkspan::egress
