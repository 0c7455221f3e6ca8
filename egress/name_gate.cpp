#include "egress/name_gate.h"

#include "egress/client_hello.h"
#include "egress/http_host.h"

#include <optional>
#include <string_view>

namespace linkspan::egress {
namespace {

constexpr std::uint16_t port_http = 80;

/// What a stream says; nothing while it has not said it.
struct Said {
    bool readable = true;
    DnsName name = {};
};

std::optional<Said> said_in(std::span<const std::uint8_t> stream, std::uint16_t port)
{
    if (port == port_http) {
        const auto host = decode_http_host(stream);
        if (!host) return Said{false, {}};
        return *host ? std::optional{Said{true, **host}} : std::nullopt;
    }
    const auto hello = decode_client_hello(stream);
    if (!hello) return Said{false, {}};
    return *hello ? std::optional{Said{true, (*hello)->server_name}} : std::nullopt;
}

/// True for what begins as if a name were to come, so that a server might read one where we cannot.
bool resembles(std::span<const std::uint8_t> stream, std::uint16_t port)
{
    constexpr std::uint8_t tls_handshake = 22;
    if (port != port_http) return !stream.empty() && stream[0] == tls_handshake;
    return std::string_view{reinterpret_cast<const char*>(stream.data()), stream.size()}.contains("HTTP/");
}

} // namespace

Gated NameGate::read(const Segment& segment, NameCheck check, const Fits& fits)
{
    const auto stream = streams_.bytes(segment.flow);
    const auto port = segment.flow.destination_port;
    const auto said = said_in(stream, port);
    if (!said) return {GateVerdict::Pass, {}, ""};
    const bool lax = check != NameCheck::Require;
    if (!said->readable && (!lax || resembles(stream, port)))
        return {GateVerdict::Refuse, {}, "says no name that can be read"};
    if (said->name.empty() && !lax) return {GateVerdict::Refuse, {}, "says no name"};
    if (said->name.empty() || fits(segment.flow, said->name)) return {GateVerdict::Allow, said->name, ""};
    return {GateVerdict::Refuse, said->name, "says another name than the address was opened for"};
}

void NameGate::remember(const Flow& flow, GateVerdict verdict)
{
    constexpr std::size_t most = 4'096;
    if (decided_.insert_or_assign(flow, verdict).second) order_.push_back(flow);
    while (order_.size() > most) {
        decided_.erase(order_.front());
        order_.pop_front();
    }
}

Gated NameGate::look(const Segment& segment, NameCheck check, const Fits& fits)
{
    switch (streams_.take(segment)) {
    case Fit::Next:
        if (segment.payload.empty()) break;
        return read(segment, check, fits);
    case Fit::Old: break;
    case Fit::Ahead:
    case Fit::Other: return {GateVerdict::Drop, {}, ""};
    case Fit::Unknown:
        if (segment.payload.empty()) break;
        return {GateVerdict::Refuse, {}, "began when nobody looked"};
    }
    return {GateVerdict::Pass, {}, ""};
}

Gated NameGate::judge(const Segment& segment, NameCheck check, const Fits& fits)
{
    if (check == NameCheck::Off) return {GateVerdict::Allow, {}, ""};
    if (segment.syn && !segment.payload.empty()) return {}; // TCP Fast Open: sent again without, after a second
    if (segment.syn)
        if (const auto old = decided_.find(segment.flow); old != decided_.end()) old->second = GateVerdict::Pass;
    if (const auto known = decided_.find(segment.flow); known != decided_.end() && known->second != GateVerdict::Pass)
        return {known->second, {}, ""};
    auto gated = look(segment, check, fits);
    const bool decided = gated.verdict == GateVerdict::Allow || gated.verdict == GateVerdict::Refuse;
    if (decided) remember(segment.flow, gated.verdict);
    if (decided || segment.ends) streams_.forget(segment.flow);
    return gated;
}

} // namespace linkspan::egress
