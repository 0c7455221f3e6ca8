#include "pair/settings.h"

#include <array>
#include <cstring>
#include <ifaddrs.h>
#include <memory>
#include <netinet/in.h>
#include <set>
#include <sys/socket.h>

namespace linkspan::pair {
namespace {

std::set<IpAddress> own_addresses()
{
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0) return {};
    const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owner{list, ::freeifaddrs};
    std::set<IpAddress> own;
    for (const auto* at = list; at; at = at->ifa_next) {
        if (!at->ifa_addr) continue;
        std::array<std::uint8_t, 16> bytes{};
        std::size_t size = 0;
        if (at->ifa_addr->sa_family == AF_INET) {
            size = 4;
            std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in*>(at->ifa_addr)->sin_addr, size);
        } else if (at->ifa_addr->sa_family == AF_INET6) {
            size = 16;
            std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in6*>(at->ifa_addr)->sin6_addr, size);
        }
        if (size != 0) own.insert(IpAddress::from_bytes(std::span{bytes}.first(size)));
    }
    return own;
}

Result<config::HaNode> node_of(const config::Ha& file)
{
    if (file.node) return *file.node;
    const auto own = own_addresses();
    bool first = false, second = false;
    for (const auto& path : file.paths) {
        first |= path.first && own.contains(*path.first);
        second |= path.second && own.contains(*path.second);
    }
    if (first != second) return first ? config::HaNode::First : config::HaNode::Second;
    return failure(Kind::Config, first ? "both ends of a heartbeat path are addresses of this gateway"
                                       : "no end of a heartbeat path is an address of this gateway");
}

ha::Timing timing_of(const config::Ha& file)
{
    ha::Timing timing;
    timing.interval = file.interval;
    timing.lost = file.lost;
    timing.hold_down = file.hold_down;
    timing.flap_limit = file.flap_limit;
    return timing;
}

} // namespace

Result<Spec> spec_of(const config::Ha& file, Here here)
{
    const auto node = node_of(file);
    TRY(node);
    for (const auto& path : file.paths)
        if (!path.first || !path.second) return failure(Kind::Config, "a heartbeat path has one end only: name both");
    Spec spec{.paths = file.paths,
              .port = file.port,
              .self = *node,
              .state = std::move(here.state),
              .segment_pipe = std::move(here.segment_pipe),
              .outside = outside_of(file, std::move(here.gateway))};
    spec.settings.self = *node == config::HaNode::First ? ha::Node::First : ha::Node::Second;
    spec.settings.timing = timing_of(file);
    spec.settings.paths = static_cast<std::uint8_t>(file.paths.size());
    spec.settings.arbiter = file.arbiter != config::Arbiter::None;
    spec.settings.preempt = file.preempt;
    spec.settings.preferred = file.preferred == *node;
    for (const auto& [address, link] : file.addresses) spec.addresses.push_back({link, address, {}});
    return spec;
}

} // namespace linkspan::pair
