#include "route/describe.h"

#include <linux/rtnetlink.h>

#include <array>
#include <cstdio>

namespace linkspan::route {
namespace {

std::string protocol_name(std::uint8_t protocol)
{
    switch (protocol) {
    case RTPROT_KERNEL: return "kernel";
    case RTPROT_BOOT: return "boot";
    case RTPROT_STATIC: return "static";
    case RTPROT_RA: return "ra";
    case RTPROT_DHCP: return "dhcp";
    case RTPROT_ZEBRA: return "zebra";
    case RTPROT_BIRD: return "bird";
    case RTPROT_BGP: return "bgp";
    case RTPROT_OSPF: return "ospf";
    default: return std::to_string(protocol);
    }
}

std::string type_prefix(std::uint8_t type)
{
    switch (type) {
    case RTN_BLACKHOLE: return "blackhole ";
    case RTN_UNREACHABLE: return "unreachable ";
    case RTN_PROHIBIT: return "prohibit ";
    case RTN_THROW: return "throw ";
    default: return "";
    }
}

/// "via 192.0.2.1 dev eth1 src 10.1.0.1", what there is of it.
std::string next_hop(const RouteSpec& spec)
{
    if (spec.type == RouteType::Unreachable) return "unreachable";
    std::string text;
    if (spec.gateway) text += "via " + spec.gateway->text() + " ";
    text += spec.link.value.empty() ? "multipath" : "dev " + spec.link.value;
    if (spec.source) text += " src " + spec.source->text();
    if (spec.mtu != 0) text += " mtu lock " + std::to_string(spec.mtu);
    return text;
}

} // namespace

std::string describe(const AddressSpec& spec)
{
    return "address " + spec.address.text() + " dev " + spec.link.value;
}

std::string describe(const RouteSpec& spec)
{
    if (spec.type == RouteType::Unreachable) return "route unreachable " + spec.destination.text();
    const auto text = "route " + spec.destination.text() + " dev " + spec.link.value;
    return spec.table == main_table ? text : text + " table " + std::to_string(spec.table);
}

std::string describe(const RuleSpec& spec)
{
    std::array<char, 48> mark{};
    std::snprintf(mark.data(), mark.size(), " fwmark 0x%08x/0x%08x lookup ", link_path(spec.path).value, path_mask);
    return std::string{"rule IPv"} + (spec.family == Family::V4 ? "4" : "6") + mark.data() +
           std::to_string(path_table(spec.path));
}

std::string describe(const ForeignAddress& address)
{
    return "foreign address " + address.address.text() + " dev " + address.link.value;
}

std::string describe(const ForeignRoute& route)
{
    std::string text = "foreign route " + type_prefix(route.type) + route.key.destination.text();
    if (route.gateway) text += " via " + route.gateway->text();
    if (!route.link.value.empty()) text += " dev " + route.link.value;
    return text + " proto " + protocol_name(route.protocol) + " metric " + std::to_string(route.key.metric);
}

std::string detail(const Op<AddressSpec>&)
{
    return {};
}

std::string detail(const Op<RuleSpec>& op)
{
    if (op.verb == Verb::Delete) return {};
    return std::string{"answers to what came in by a "} + (op.spec.path == Path::Primary ? "primary" : "backup") +
           " leave by it";
}

std::string detail(const Op<RouteSpec>& op)
{
    switch (op.verb) {
    case Verb::Delete: return {};
    case Verb::Create: return next_hop(op.spec) + " metric " + std::to_string(op.spec.metric);
    case Verb::Update:
    case Verb::Replace: break;
    }
    return (op.before ? next_hop(*op.before) + " -> " : "") + next_hop(op.spec);
}

} // namespace linkspan::route
