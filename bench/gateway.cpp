#include "bench/gateway.h"

#include "bench/shell.h"
#include "config/config.h"

#include <fmt/format.h>

#include <iterator>

namespace linkspan::bench {
namespace {

/// `base` plus `offset`, as text; `base` in host byte order.
std::string address(std::uint32_t base, std::size_t offset)
{
    const auto a = base + static_cast<std::uint32_t>(offset);
    return fmt::format("{}.{}.{}.{}", a >> 24, a >> 16 & 0xff, a >> 8 & 0xff, a & 0xff);
}

constexpr std::uint32_t peers = 0xc612'0000;         // 198.18.0.0/15
constexpr std::uint32_t subnets = 0x0a00'0000;       // 10.0.0.0/8, in /24
constexpr std::uint32_t other_subnets = 0xac10'0000; // 172.16.0.0/24
constexpr std::uint32_t insides = 0xa9fe'0000;       // 169.254.0.0/16, in /30

class Batch {
public:
    explicit Batch(const agent::Desired& desired) : desired_(desired) {}

    void links();
    void addresses();
    void routes(route::RouteType type);
    void policies(xfrm::Role role);
    [[nodiscard]] std::string take() { return std::move(text_); }

private:
    template <typename... T>
    void line(fmt::format_string<T...> format, T&&... values)
    {
        fmt::format_to(std::back_inserter(text_), format, std::forward<T>(values)...);
        text_ += '\n';
    }

    const agent::Desired& desired_;
    std::string text_;
};

void Batch::links()
{
    for (const auto& [name, link] : desired_.links) {
        line("link add dev {} mtu {} group {} type xfrm if_id {}", name.value, link.mtu, link_group, link.if_id.value);
        line("link set dev {} alias {}{} addrgenmode none", name.value, link_alias_tag, link.connection.value);
        line("link set dev {} up", name.value);
    }
}

void Batch::addresses()
{
    for (const auto& address : desired_.addresses)
        line("address add {} dev {}", address.address.text(), address.link.value);
}

void Batch::routes(route::RouteType type)
{
    for (const auto& route : desired_.routes) {
        if (route.type != type) continue;
        const auto destination = route.destination.text();
        if (type == route::RouteType::Unreachable) {
            line("route add unreachable {} metric {} proto {}", destination, route.metric, route_protocol);
            continue;
        }
        line("route add {} dev {} metric {} proto {}{}{}", destination, route.link.value, route.metric, route_protocol,
             route.gateway ? " via " + route.gateway->text() + " onlink" : "",
             route.source ? " src " + route.source->text() : "");
    }
}

/// `ip` knows no `uid` in a selector, by which a block twin differs from its protect policy: `dev lo` stands in for it.
void Batch::policies(xfrm::Role role)
{
    static constexpr const char* directions[] = {"in", "out", "fwd"};
    for (const auto& [key, policy] : desired_.policies) {
        if (key.role != role) continue;
        const auto selector = fmt::format("src {} dst {}", key.source.text(), key.destination.text());
        const auto* direction = directions[static_cast<int>(key.direction)];
        if (role == xfrm::Role::Block)
            line("xfrm policy add {} dev lo dir {} if_id {} action block priority {}", selector, direction,
                 key.if_id.value, xfrm::block_priority);
        else
            line("xfrm policy add {} dir {} if_id {} priority {} tmpl src {} dst {} proto esp reqid {} mode tunnel",
                 selector, direction, key.if_id.value, xfrm::protect_priority, policy.protect->source.text(),
                 policy.protect->destination.text(), policy.protect->reqid.value);
    }
}

} // namespace

std::string Gateway::file(bool edited) const
{
    std::string text =
        fmt::format("[gateway]\nuplink = \"{}\"\n\n[ike]\nsocket = \"/nonexistent/charon.vici\"\n", uplink);
    for (std::size_t i = 0; i < connections; ++i) {
        const bool other = edited && i == connections / 2;
        fmt::format_to(std::back_inserter(text),
                       "\n[[connection]]\n"
                       "name           = \"site-{:05}\"\n"
                       "interface      = \"xfrm\"\n"
                       "peer           = \"{}\"\n"
                       "psk            = {{ file = \"{}\" }}\n"
                       "remote_subnets = [\"{}/24\"]\n"
                       "tunnel_address = \"{}/30\"\n",
                       i, address(peers, i + 1), psk.string(),
                       other ? address(other_subnets, 0) : address(subnets, 256 * i), address(insides, 4 * i + 2));
    }
    return text;
}

bool make_uplink()
{
    return run_batch(fmt::format("link set lo up\n"
                                 "link add {0} type veth peer name far0\n"
                                 "link set {0} up\nlink set far0 up\n"
                                 "address add 203.0.113.10/24 dev {0}\n"
                                 "route add default via 203.0.113.1 dev {0}\n",
                                 uplink));
}

std::string ip_batch(const agent::Desired& desired, bool links)
{
    Batch batch{desired};
    batch.routes(route::RouteType::Unreachable);
    batch.policies(xfrm::Role::Block);
    batch.policies(xfrm::Role::Protect);
    if (links) batch.links();
    batch.addresses();
    batch.routes(route::RouteType::Unicast);
    return batch.take();
}

std::string stand_in_batch(const agent::Desired& desired)
{
    std::string text;
    for (const auto& [name, link] : desired.links)
        fmt::format_to(std::back_inserter(text), "link add {} mtu {} group {} numtxqueues 1 type ifb\n", name.value,
                       link.mtu, stand_in_group);
    return text + fmt::format("link set group {} up\n", stand_in_group);
}

} // namespace linkspan::bench
