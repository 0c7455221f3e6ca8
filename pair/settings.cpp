#include "pair/settings.h"

#include "pair/own_links.h"

#include <set>
#include <utility>

namespace linkspan::pair {
namespace {

std::set<IpAddress> addresses_of(const OwnLinks& links)
{
    std::set<IpAddress> own;
    for (const auto& [name, link] : links) own.insert(link.addresses.begin(), link.addresses.end());
    return own;
}

Result<config::HaNode> node_of(const config::Ha& file, const OwnLinks& links)
{
    if (file.node) return *file.node;
    const auto own = addresses_of(links);
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
    const auto links = own_links();
    const auto node = node_of(file, links);
    TRY(node);
    for (const auto& path : file.paths)
        if (!path.first || !path.second) return failure(Kind::Config, "a heartbeat path has one end only: name both");
    auto outside = outside_of(file, std::move(here.gateway), links);
    TRY(outside);
    Spec spec{.paths = file.paths,
              .port = file.port,
              .self = *node,
              .state = std::move(here.state),
              .segment_pipe = std::move(here.segment_pipe),
              .outside = std::move(*outside)};
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
