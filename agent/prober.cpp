#include "agent/prober.h"

#include "base/path.h"
#include "xfrm/apply.h"

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

Result<> bind_to_link(int fd, const LinkName& device)
{
    const auto& link = device.value;
    if (::setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, link.c_str(), static_cast<socklen_t>(link.size())) != 0)
        return sys_error(errno, "bind a probe to " + link);
    return {};
}

/// Without an SA to go by nothing is sent: it would leave by whatever policy there is, or in clear.
Result<> bind_to_sas(int fd, Family family, const std::optional<xfrm::Template>& protect)
{
    if (!protect) return failure(Kind::NotFound, "there is no tunnel yet for a probe");
    constexpr int yes = 1;
    if (::setsockopt(fd, SOL_SOCKET, SO_RCVMARK, &yes, sizeof yes) != 0)
        return sys_error(errno, "have a probe told of marks");
    return xfrm::send_by_sas(fd, family, *protect);
}

/// What a packet says, and its mark. Nothing where there is no more, or an ICMP error about a request, which stays without
/// its answer.
struct Packet {
    std::span<const std::uint8_t> bytes = {};
    Mark mark = {};
};

std::optional<Packet> receive(int fd, std::span<std::uint8_t> buffer)
{
    iovec into{buffer.data(), buffer.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(std::uint32_t))> told{};
    msghdr message{};
    message.msg_iov = &into;
    message.msg_iovlen = 1;
    message.msg_control = told.data();
    message.msg_controllen = told.size();
    const auto size = ::recvmsg(fd, &message, 0);
    if (size < 0) return {};
    Packet packet{buffer.first(static_cast<std::size_t>(size)), {}};
    for (const auto* part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, const_cast<cmsghdr*>(part)))
        if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SO_MARK)
            std::memcpy(&packet.mark.value, CMSG_DATA(part), sizeof packet.mark.value);
    return packet;
}

} // namespace

void Prober::follow(const std::map<ConnectionName, ProbeSpec>& probes)
{
    std::erase_if(probes_, [&](const auto& entry) {
        const auto wanted = probes.find(entry.first);
        return wanted == probes.end() || wanted->second.probe != entry.second.spec.probe;
    });
    for (const auto& [name, spec] : probes) {
        auto& probing = probes_[name];
        if (probing.spec == spec) continue;
        close(probing);
        const bool is_new = probing.spec.probe != spec.probe;
        probing.spec = spec;
        if (!is_new) continue;
        if (auto timer = loop_.every(spec.probe.interval, [this, &probing] { ask(probing); }))
            probing.timer = std::move(*timer);
    }
}

Verdicts Prober::verdicts() const
{
    Verdicts all;
    for (const auto& [name, probing] : probes_) {
        if (probing.state.verdict == ProbeState::Verdict::Lost) all.lost.insert(name);
        if (probing.state.verdict == ProbeState::Verdict::Alive) all.alive.insert(name);
    }
    return all;
}

/// A raw socket that asks the target, and hears its echo replies, by the tunnel alone.
Result<> Prober::open(Probing& probing)
{
    const auto& probe = probing.spec.probe;
    const auto& source = probing.spec.source;
    const bool v4 = probe.target.family == Family::V4;
    Fd fd{::socket(v4 ? AF_INET : AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
                   v4 ? int{IPPROTO_ICMP} : int{IPPROTO_ICMPV6})};
    if (!fd) return sys_error(errno, "open a probe's socket");
    TRY(only_replies(fd.get(), probe.target.family));
    TRY(probing.spec.device.value.empty() ? bind_to_sas(fd.get(), probe.target.family, probing.spec.protect)
                                          : bind_to_link(fd.get(), probing.spec.device));
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

void Prober::close(Probing& probing)
{
    probing.readable.reset();
    probing.socket = {};
}

void Prober::ask(Probing& probing)
{
    const auto& probe = probing.spec.probe;
    take(probing, after_interval(probing.state, probe.lost));
    if (!probing.socket && !open(probing)) return;
    const auto packet = echo_request(probe.target.family, probing.spec.identifier, probing.state.sent);
    if (::send(probing.socket.get(), packet.data(), packet.size(), 0) >= 0 || errno == EAGAIN) return;
    close(probing); // the link may be another one by now
}

void Prober::listen(Probing& probing)
{
    const auto& probe = probing.spec.probe;
    const auto path = probing.spec.path;
    std::array<std::uint8_t, 256> buffer{};
    for (int i = 0; i < most_at_once; ++i) {
        const auto packet = receive(probing.socket.get(), buffer);
        if (!packet) return;
        if (path.value != 0 && (packet->mark.value & path_mask) != path.value) continue; // it came by the other tunnel
        if (const auto sequence = answered_sequence(probe.target.family, probing.spec.identifier, packet->bytes))
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
