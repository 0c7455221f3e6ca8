#include "agent/egress_why.h"

#include "agent/refusal_entry.h"
#include "egress/networks.h"

#include <algorithm>

namespace linkspan::agent {
namespace {

constexpr std::size_t most_looked_at = 1'000;

/// The question in numbers.
struct Asked {
    IpAddress source = {};
    std::uint8_t ip_protocol = 0;
    std::uint16_t port = 0;
    std::optional<IpAddress> address = {};
    DnsName name = {};
};

Result<Asked> parse(const bus::EgressQuestion& question)
{
    Asked asked{.port = question.port};
    const auto source = IpAddress::parse(question.source);
    if (!source) return failure(Kind::Config, "'" + question.source + "' is no address of a host");
    asked.source = *source;
    const auto protocol = protocol_number(question.protocol);
    if (!protocol) return failure(Kind::Config, "'" + question.protocol + "' is no protocol here: tcp, udp or icmp");
    asked.ip_protocol = *protocol;
    if (const auto address = IpAddress::parse(question.target)) {
        asked.address = *address;
        return asked;
    }
    const auto name = DnsName::parse(question.target);
    TRY(name);
    asked.name = *name;
    return asked;
}

egress::Ruling judge(const egress::Inspector& inspector, const Asked& asked)
{
    if (asked.address) return inspector.judge({asked.source, *asked.address, asked.ip_protocol, asked.port});
    return inspector.judge(asked.source, asked.name, asked.ip_protocol, asked.port);
}

/// It was opened for this host by the name that is asked about, or is the address, and its name may be used so.
bool is_open(const egress::Inspector& inspector, const Asked& asked, const egress::LearnedPin& pin)
{
    if (pin.client != asked.source || (asked.address && pin.address != *asked.address)) return false;
    return std::ranges::any_of(pin.names, [&](const std::string& text) {
        const auto name = DnsName::parse(text);
        if (!name || (!asked.address && *name != asked.name)) return false;
        return inspector.judge(asked.source, *name, asked.ip_protocol, asked.port).allowed;
    });
}

} // namespace

bus::EgressLearned::Pin pin_of(const egress::LearnedPin& pin)
{
    return {pin.client.text(), pin.address.text(), pin.names, static_cast<std::uint64_t>(pin.left.count())};
}

Result<bus::EgressWhy> why_of(const egress::Inspector& inspector, const bus::EgressQuestion& question, Monotonic now)
{
    const auto asked = parse(question);
    TRY(asked);
    bus::EgressWhy why{.question = question, .judged = egress::is_judged(inspector.rules(), asked->source)};
    const auto target = asked->address ? asked->address->text() : std::string{asked->name.text()};
    for (const auto& pin : inspector.learned(target, most_looked_at, now))
        if (is_open(inspector, *asked, pin)) why.opened.push_back(pin_of(pin));
    const auto ruling = judge(inspector, *asked);
    why.allowed = ruling.allowed || !why.judged || inspector.rules().discover;
    why.tag = ruling.tag;
    why.rule = ruling.rule;
    return why;
}

} // namespace linkspan::agent
