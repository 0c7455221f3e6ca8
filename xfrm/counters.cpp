#include "xfrm/counters.h"

#include "xfrm/counters_codec.h"
#include "xfrm/state_codec.h"

#include <algorithm>
#include <cstdio>

namespace linkspan::xfrm {
namespace {

/// Numbers of this many packets before their end are not to be used for a jump: the SA is renewed instead.
constexpr std::uint64_t reserve = 1ULL << 24;

constexpr std::uint64_t end_of(const SaCounters& counters)
{
    return counters.esn ? ~std::uint64_t{0} : std::uint64_t{0xffff'ffff};
}

std::string name_of(const SaCounters& counters)
{
    char spi[12];
    std::snprintf(spi, sizeof spi, "0x%08x", counters.key.spi.value);
    return "counters of the SA " + std::string{spi} + " to " + counters.key.destination.text();
}

/// From how many SAs on one dump costs less than asking for each.
constexpr std::size_t dump_from = 8;

Result<> compared(const SaCounters& have, const SaCounters& wanted)
{
    if (have.sent >= wanted.sent && have.received >= wanted.received) return {};
    return failure(Kind::Protocol, "set the " + name_of(wanted) + ": the kernel took them and has others");
}

Result<> verify(netlink::Socket& socket, const SaCounters& wanted)
{
    auto have = wanted;
    have.sent = have.received = 0;
    bool told = false;
    netlink::Message message;
    encode_get_counters(wanted, message);
    TRY(socket.get(message, "read the " + name_of(wanted),
                   [&](const nlmsghdr& answer) { told |= decode_event(answer, have); }));
    if (!told) return failure(Kind::Protocol, "read the " + name_of(wanted) + ": the kernel told none");
    return compared(have, wanted);
}

Result<> compared(const Result<std::vector<SaCounters>>& have, const SaCounters& wanted)
{
    if (!have) return std::unexpected(have.error());
    const auto at = std::ranges::lower_bound(*have, wanted.key, {}, &SaCounters::key);
    if (at == have->end() || at->key != wanted.key)
        return failure(Kind::NotFound, "read the " + name_of(wanted) + ": it is gone");
    return compared(*at, wanted);
}

} // namespace

Result<std::vector<SaCounters>> observe_counters(netlink::Socket& socket)
{
    std::vector<SaCounters> all;
    netlink::Message message{0, 0, netlink::Content::Secret};
    encode_dump_states(message);
    TRY(socket.dump(message, "read the counters of SAs", [&](const nlmsghdr& answer) {
        if (auto counters = decode_counters(answer)) all.push_back(*counters);
    }));
    std::ranges::sort(all, {}, &SaCounters::key);
    return all;
}

Result<SaCounters> advanced(const SaCounters& have, std::uint64_t sent, std::uint64_t received)
{
    auto next = have;
    next.sent = std::max(have.sent, sent);
    next.received = std::max(have.received, received);
    const auto limit = end_of(have) - reserve;
    if ((next.sent > have.sent && next.sent > limit) || (next.received > have.received && next.received > end_of(have)))
        return failure(Kind::Config, name_of(have) + ": they are near their end; it has to be renewed");
    return next;
}

std::vector<Result<>> advance_all(netlink::Socket& socket, std::span<const SaCounters> wanted)
{
    auto outcomes = socket.request_all(
        {wanted.size(), [&](std::size_t i, netlink::Message& message) { encode_counters(wanted[i], message); },
         [&](std::size_t i) { return "set the " + name_of(wanted[i]); }});
    const bool many = wanted.size() >= dump_from;
    const auto all = many ? observe_counters(socket) : std::vector<SaCounters>{};
    for (std::size_t i = 0; i < wanted.size(); ++i)
        if (outcomes[i]) outcomes[i] = many ? compared(all, wanted[i]) : verify(socket, wanted[i]);
    return outcomes;
}

std::uint64_t jump_for(std::uint64_t packets_per_second, std::chrono::milliseconds exposure)
{
    constexpr std::uint64_t least = 1ULL << 14;
    const auto time = static_cast<std::uint64_t>(std::max<std::int64_t>(exposure.count(), 0));
    if (time != 0 && packets_per_second > longest_jump * 1000 / time) return longest_jump;
    return std::clamp(2 * packets_per_second * time / 1000, least, longest_jump);
}

} // namespace linkspan::xfrm
