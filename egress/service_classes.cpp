#include "egress/service_classes.h"

#include <algorithm>
#include <set>

namespace linkspan::egress {
namespace {

/// Which of the distinct services lie over a stretch: equal signatures, one class.
using Signature = std::vector<std::uint32_t>;

void add_ports(std::vector<Stretch>& all, std::uint32_t base, const std::vector<PortRange>& ports)
{
    if (ports.empty()) all.push_back({base, base + 0xffffU});
    for (const PortRange& range : ports) all.push_back({base + range.first, base + range.last});
}

/// Where some service begins, or one has just ended: between two of these nothing changes.
std::vector<std::uint32_t> boundaries(const std::map<Service, ClassSet>& services)
{
    std::set<std::uint32_t> all;
    for (const auto& [service, none] : services)
        for (const Stretch& stretch : stretches_of(service)) {
            all.insert(stretch.first);
            all.insert(stretch.last + 1);
        }
    return {all.begin(), all.end()};
}

/// The services over each boundary, up to the next.
std::map<std::uint32_t, Signature> signatures(const std::map<Service, ClassSet>& services)
{
    const auto edges = boundaries(services);
    std::map<std::uint32_t, Signature> over;
    std::uint32_t index = 0;
    for (const auto& [service, none] : services) {
        for (const Stretch& stretch : stretches_of(service))
            for (auto edge = std::ranges::lower_bound(edges, stretch.first);
                 edge != edges.end() && *edge <= stretch.last; ++edge)
                over[*edge].push_back(index);
        ++index;
    }
    for (const std::uint32_t edge : edges) over.try_emplace(edge);
    return over;
}

void append(std::vector<Stretch>& stretches, Stretch next)
{
    if (!stretches.empty() && stretches.back().last + 1 == next.first)
        stretches.back().last = next.last;
    else
        stretches.push_back(next);
}

} // namespace

std::vector<Stretch> stretches_of(const Service& service)
{
    using Protocol = Service::Protocol;
    const auto is = [&](auto... any) { return ((service.protocol == any) || ...); };
    std::vector<Stretch> all;
    if (is(Protocol::All, Protocol::Tcp, Protocol::TcpUdp)) add_ports(all, Stretch::tcp, service.ports);
    if (is(Protocol::All, Protocol::Udp, Protocol::TcpUdp)) add_ports(all, Stretch::udp, service.ports);
    if (is(Protocol::All, Protocol::Icmp)) all.push_back({Stretch::icmp, Stretch::icmp});
    if (is(Protocol::All)) all.push_back({Stretch::other, Stretch::other});
    return all;
}

ServiceClasses classify(const std::set<Service>& services)
{
    ServiceClasses result;
    for (const Service& service : services) result.of.try_emplace(service);
    const auto over = signatures(result.of);
    std::map<Signature, std::uint16_t> numbers;
    for (auto edge = over.begin(); edge != over.end(); ++edge) {
        if (edge->second.empty()) continue; // a gap between services
        const auto [number, fresh] = numbers.try_emplace(edge->second, static_cast<std::uint16_t>(numbers.size()));
        if (fresh) result.classes.emplace_back();
        append(result.classes[number->second], {edge->first, std::next(edge)->first - 1});
    }
    std::uint32_t index = 0;
    for (auto& [service, made_of] : result.of) {
        for (const auto& [signature, number] : numbers)
            if (std::ranges::binary_search(signature, index)) made_of.push_back(number);
        std::ranges::sort(made_of);
        ++index;
    }
    return result;
}

} // namespace linkspan::egress
