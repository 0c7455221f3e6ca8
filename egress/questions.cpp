#include "egress/questions.h"

#include <string_view>

namespace linkspan::egress {

/// The names and ids of questions are what differs; mixing in the client spares the usual hosts that all ask one resolver.
std::size_t Questions::Hash::operator()(const OpenQuestion& question) const
{
    constexpr std::size_t odd = 0x9e37'79b9'7f4a'7c15U; // 2^64 divided by the golden ratio
    std::size_t hash = std::hash<DnsName>{}(question.question.name);
    hash = hash * odd + std::hash<IpAddress>{}(question.client);
    return hash * odd + (static_cast<std::size_t>(question.port) << 16 | question.question.id);
}

void Questions::forget_first()
{
    const auto [question, until] = order_.front();
    order_.pop_front();
    const auto count = per_client_.find(question->client);
    if (--count->second == 0) per_client_.erase(count);
    const auto open = until_.find(*question);
    if (open->second == until) until_.erase(open); // else it was asked again, and has another turn
}

bool Questions::asked(const OpenQuestion& question, Monotonic now)
{
    while (!order_.empty() && order_.front().until <= now) forget_first();
    if (const auto count = per_client_.find(question.client);
        count != per_client_.end() && count->second >= limits_.per_client)
        return false;
    while (!order_.empty() && order_.size() >= limits_.total) forget_first();
    const Monotonic until = now + limits_.lifetime;
    const auto [open, fresh] = until_.insert_or_assign(question, until);
    order_.push_back({&open->first, until});
    ++per_client_[question.client];
    return true;
}

bool Questions::is_open(const OpenQuestion& question, Monotonic now) const
{
    const auto open = until_.find(question);
    return open != until_.end() && now < open->second;
}

} // namespace linkspan::egress
