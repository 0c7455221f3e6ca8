#include "agent/prober.h"

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace linkspan::agent {
namespace {

/// linux/icmp.h has them, and cannot be included beside netinet.
constexpr int icmp_filter = 1;
constexpr std::uint32_t all_but_echo_reply = ~1U;

/// More answers than this wait for the next turn of the loop.
constexpr int most_at_once = 16;

struct Address {
    sockaddr_storage storage = {};
    socklen_t size = 0;
};

Address socket_address(const IpAddress& ip)
{
    Address address;
    if (ip.family == Family::V4) {
        sockaddr_in in{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {}, .sin_zero = {}};
        std::memcpy(&in.sin_addr, ip.bytes.data(), sizeof in.sin_addr);
        std::memcpy(&address.storage, &in, address.size = sizeof in);
    } else {
        sockaddr_in6 in{};
        in.sin6_family = AF_INET6;
        std::memcpy(&in.sin6_addr, ip.bytes.data(), sizeof in.sin6_addr);
        std::memcpy(&address.storage, &in, address.size = sizeof in);
    }
    return address;
}

Result<> only_replies(int fd, Family family)
{
    int r = 0;
    if (family == Family::V4) {
        r = ::setsockopt(fd, SOL_RAW, icmp_filter, &all_but_echo_reply, sizeof all_but_echo_reply);
    } else {
        icmp6_filter filter{};
        ICMP6_FILTER_SETBLOCKALL(&filter);
        ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
        r = ::setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof filter);
    }
    return r == 0 ? Result<>{} : sys_error(errno, "filter a probe's socket");
}

} // namespace

std::optional<Prober::Settings> Prober::settings_of(const config::Connection& c)
{
    if (!c.enabled || !c.probe) return {};
    Settings settings{*c.probe, c.device, {}};
    for (const auto& inside : c.tunnel_addresses)
        if (inside.address.family == c.probe->target.family) settings.source = inside.address;
    return settings;
}

void Prober::follow(const config::Config& config)
{
    std::set<ConnectionName> kept;
    for (const auto& connection : config.connections) {
        const auto settings = settings_of(connection);
        if (!settings) continue;
        kept.insert(connection.name);
        if (const auto found = probes_.find(connection.name);
            found != probes_.end() && found->second.settings == *settings)
            continue;
        probes_.erase(connection.name);
        auto& probing = probes_[connection.name];
        probing.settings = *settings;
        probing.identifier = static_cast<std::uint16_t>(connection.id.value);
        if (auto timer = loop_.every(settings->probe.interval, [this, &probing] { ask(probing); }))
            probing.timer = std::move(*timer);
    }
    std::erase_if(probes_, [&](const auto& entry) { return !kept.contains(entry.first); });
}

std::set<ConnectionName> Prober::lost() const
{
    std::set<ConnectionName> names;
    for (const auto& [name, probing] : probes_)
        if (probing.state.verdict == ProbeState::Verdict::Lost) names.insert(name);
    return names;
}

std::optional<ProbeState::Verdict> Prober::verdict(const ConnectionName& name) const
{
    const auto found = probes_.find(name);
    if (found == probes_.end()) return {};
    return found->second.state.verdict;
}

/// A raw socket that hears echo replies of the target, by the tunnel's link alone.
Result<> Prober::open(Probing& probing)
{
    const auto& [probe, device, source] = probing.settings;
    const bool v4 = probe.target.family == Family::V4;
    Fd fd{::socket(v4 ? AF_INET : AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
                   v4 ? int{IPPROTO_ICMP} : int{IPPROTO_ICMPV6})};
    if (!fd) return sys_error(errno, "open a probe's socket");
    TRY(only_replies(fd.get(), probe.target.family));
    const auto& link = device.value;
    if (::setsockopt(fd.get(), SOL_SOCKET, SO_BINDTODEVICE, link.c_str(), static_cast<socklen_t>(link.size())) != 0)
        return sys_error(errno, "bind a probe to " + link);
    if (source) {
        const auto from = socket_address(*source);
        if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&from.storage), from.size) != 0)
            return sys_error(errno, "bind a probe to " + source->text());
    }
    const auto to = socket_address(probe.target);
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&to.storage), to.size) != 0)
        return sys_error(errno, "probe " + probe.target.text());
    auto readable = loop_.on_readable(fd.get(), [this, &probing] { listen(probing); });
    TRY(readable);
    probing.readable = std::move(*readable);
    probing.socket = std::move(fd);
    return {};
}

void Prober::ask(Probing& probing)
{
    const auto& probe = probing.settings.probe;
    take(probing, after_interval(probing.state, probe.lost));
    if (!probing.socket && !open(probing)) return;
    const auto packet = echo_request(probe.target.family, probing.identifier, probing.state.sent);
    if (::send(probing.socket.get(), packet.data(), packet.size(), 0) >= 0 || errno == EAGAIN) return;
    probing.readable.reset(); // the link may be another one by now
    probing.socket = {};
}

void Prober::listen(Probing& probing)
{
    const auto& probe = probing.settings.probe;
    std::array<std::uint8_t, 256> buffer{};
    for (int i = 0; i < most_at_once; ++i) {
        const auto size = ::recv(probing.socket.get(), buffer.data(), buffer.size(), 0);
        if (size < 0) return; // nothing more, or an ICMP error about a request, which stays without its answer
        const std::span packet{buffer.data(), static_cast<std::size_t>(size)};
        if (const auto sequence = answered_sequence(probe.target.family, probing.identifier, packet))
            take(probing, after_answer(probing.state, *sequence, probe.lost));
    }
}

void Prober::take(Probing& probing, const ProbeState& state)
{
    const bool news = state.verdict != probing.state.verdict;
    probing.state = state;
    if (news) changed_();
}

} // namespace linkspan::agent
