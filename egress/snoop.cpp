#include "egress/snoop.h"

#include <algorithm>
#include <set>
#include <utility>

namespace linkspan::egress {
namespace {

/// The question of an answer, as it must have been asked.
OpenQuestion asked_by(const Datagram& answer, const DnsQuestion& question)
{
    return {
        .client = answer.destination, .port = answer.destination_port, .resolver = answer.source, .question = question};
}

void keep_out(const Guard& guard, DnsAnswer& answer)
{
    const auto inwards = [&](const FoundAddress& found) { return !guard.lets_in(found.address); };
    answer.addresses.erase(std::ranges::remove_if(answer.addresses, inwards).begin(), answer.addresses.end());
}

} // namespace

Snoop::Snoop(SharedPolicy policy, Guard guard, const Limits& limits)
    : policy_(std::move(policy)), guard_(std::move(guard)), questions_(limits.questions), pins_(limits.pins)
{
}

void Snoop::asked(const Datagram& query, Monotonic now)
{
    const auto question = decode_query(query.payload);
    if (!question || question->name.empty()) return;
    questions_.asked(
        {.client = query.source, .port = query.source_port, .resolver = query.destination, .question = *question}, now);
}

Snooped Snoop::judge(const Datagram& datagram, Monotonic now)
{
    auto answer = decode_answer(datagram.payload);
    if (!answer) return {Outcome::Malformed, {}, {}};
    const auto question = asked_by(datagram, answer->question);
    if (!questions_.is_open(question, now)) return {Outcome::Unasked, {}, {}};
    questions_.answered(question);
    if (answer->addresses.empty()) return {Outcome::NoAddress, {}, *std::move(answer)};
    const auto allowed = policy_->allowed(datagram.destination, answer->question.name);
    if (allowed.empty()) return {Outcome::NotListed, {}, *std::move(answer)};
    keep_out(guard_, *answer);
    if (answer->addresses.empty()) return {Outcome::KeptOut, {}, *std::move(answer)};
    auto learnt = pins_.learn(datagram.destination, *answer, allowed, now);
    return {Outcome::Learnt, std::move(learnt), *std::move(answer)};
}

Learnt Snoop::adopt(const Pins::Standing& standing, Monotonic now)
{
    Pins::Standing allowed{standing.client, standing.address, {}, {}, standing.until};
    std::set<std::uint16_t> classes;
    for (const auto& name : standing.names) {
        const auto by_name = policy_->allowed(standing.client, *name);
        if (by_name.empty()) continue;
        classes.insert(by_name.begin(), by_name.end());
        allowed.names.push_back(name);
    }
    allowed.classes.assign(classes.begin(), classes.end());
    if (allowed.classes.empty() || !guard_.lets_in(standing.address)) return {};
    return pins_.adopt(allowed, now);
}

Snooped Snoop::answered(const Datagram& answer, Monotonic now)
{
    auto snooped = judge(answer, now);
    ++counts_[static_cast<std::size_t>(snooped.outcome)];
    return snooped;
}

} // namespace linkspan::egress
