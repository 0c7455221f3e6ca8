#include "egress/inspector.h"

#include "egress/byte_reader.h"
#include "egress/ip_packet.h"

#include <algorithm>
#include <set>

namespace linkspan::egress {
namespace {

constexpr std::size_t names_seen = 32'768;
constexpr std::size_t discovered = 20'000;
constexpr std::uint8_t ip_tcp = 6, ip_udp = 17;

/// Calls `visit` for every whole message of the stream (RFC 1035 section 4.2.2), and takes them away.
template <typename Visit>
void for_each_message(Streams& streams, const Flow& flow, Visit visit)
{
    while (true) {
        const auto bytes = streams.bytes(flow);
        if (bytes.size() < 2) return;
        const std::size_t length = std::size_t{bytes[0]} << 8 | bytes[1];
        if (bytes.size() < length + 2) return;
        visit(
            Datagram{flow.source, flow.destination, flow.source_port, flow.destination_port, bytes.subspan(2, length)});
        streams.drop(flow, length + 2);
    }
}

bool is_tcp(std::span<const std::uint8_t> packet)
{
    const auto ip = decode_ip_head(packet);
    return ip && ip->protocol == ip_tcp;
}

/// Who wants what by a packet of which only the head was kept.
Result<Wanted> wanted_in(std::span<const std::uint8_t> packet)
{
    const auto ip = decode_ip_head(packet);
    TRY(ip);
    Wanted wanted{ip->source, ip->destination, ip->protocol, 0};
    if (ip->protocol != ip_tcp && ip->protocol != ip_udp) return wanted;
    ByteReader in{ip->bytes};
    (void)in.u16();
    wanted.port = in.u16();
    return wanted;
}

} // namespace

Inspector::Inspector(Rules rules)
    : rules_(std::move(rules)), snoop_(rules_.policy, rules_.guard, rules_.limits), seen_(names_seen),
      discovery_(discovered)
{
    name_classes();
}

void Inspector::name_classes()
{
    class_names_.clear();
    for (const auto& service_class : snoop_.policy().classes())
        class_names_.push_back(name_of(service_class, rules_.limits.pins.total));
}

std::vector<KernelPin> Inspector::named(const std::vector<Pinned>& pins) const
{
    std::vector<KernelPin> all;
    all.reserve(pins.size());
    for (const auto& [pin, timeout, fresh] : pins)
        all.push_back({pin.client, pin.address, class_names_[pin.service_class], timeout, fresh});
    return all;
}

void Inspector::question(std::span<const std::uint8_t> packet, Monotonic now)
{
    if (!is_tcp(packet)) {
        if (const auto query = decode_datagram(packet)) snoop_.asked(*query, now);
        return;
    }
    const auto segment = decode_segment(packet);
    if (!segment) return;
    if (asking_.take(*segment) == Fit::Next)
        for_each_message(asking_, segment->flow, [&](const Datagram& query) { snoop_.asked(query, now); });
    if (segment->ends) asking_.forget(segment->flow);
}

void Inspector::note(const Datagram& datagram, const DnsAnswer& answer)
{
    const auto name = std::make_shared<const DnsName>(answer.question.name);
    for (const auto& found : answer.addresses) seen_.note(datagram.destination, found.address, name);
    if (rules_.discover) discovery_.asked(answer.question.name);
}

void Inspector::learn(const Datagram& datagram, Monotonic now, Answered& into)
{
    auto snooped = snoop_.answered(datagram, now);
    ++counts_.answers[static_cast<std::size_t>(snooped.outcome)];
    counts_.no_room.raise(snooped.learnt.refused, now);
    if (!snooped.answer) return;
    note(datagram, *snooped.answer);
    if (snooped.learnt.pins.empty() || rules_.discover) return;
    into.name = snooped.answer->question.name;
    for (auto& pin : named(snooped.learnt.pins)) into.pins.push_back(std::move(pin));
}

/// The client can do nothing with a message before its last byte is there, so what is before that goes on at once.
Answered Inspector::answer_in_stream(const Segment& segment, Monotonic now)
{
    Answered answered;
    const auto fit = answering_.take(segment);
    answered.drop = fit == Fit::Ahead || fit == Fit::Other;
    if (fit == Fit::Next)
        for_each_message(answering_, segment.flow, [&](const Datagram& one) { learn(one, now, answered); });
    if (segment.ends && !answered.drop) answering_.forget(segment.flow);
    return answered;
}

Answered Inspector::answer(std::span<const std::uint8_t> packet, Monotonic now)
{
    Answered answered;
    if (is_tcp(packet)) {
        const auto segment = decode_segment(packet);
        return segment ? answer_in_stream(*segment, now) : answered;
    }
    if (const auto datagram = decode_datagram(packet)) learn(*datagram, now, answered);
    return answered;
}

/// A rule that lets the name in must be one that let the address in, or every name on the list would open all of them.
bool Inspector::fits(const Flow& flow, const DnsName& said) const
{
    const auto names = snoop_.pins().names_of(flow.source, flow.destination);
    return std::ranges::any_of(names, [&](const Pins::Name& opened) {
        return snoop_.policy().same_rule(flow.source, said, *opened, ip_tcp, flow.destination_port);
    });
}

Gated Inspector::stream(std::span<const std::uint8_t> packet, Refusal& refusal)
{
    const auto segment = decode_segment(packet);
    if (!segment) return {};
    auto gated =
        gate_.judge(*segment, rules_.names, [&](const Flow& flow, const DnsName& said) { return fits(flow, said); });
    if (gated.verdict == GateVerdict::Allow && !gated.name.empty()) ++counts_.streams_let;
    if (gated.verdict != GateVerdict::Refuse || *gated.why == '\0') return gated;
    ++counts_.streams_refused;
    const auto& flow = segment->flow;
    refusal.wanted = {flow.source, flow.destination, ip_tcp, flow.destination_port};
    refusal.name = gated.name.empty() ? seen_.name_of(flow.source, flow.destination).value_or(DnsName{}) : gated.name;
    const auto decision = snoop_.policy().decide(flow.source, refusal.name, ip_tcp, flow.destination_port);
    refusal.tag = decision.tag;
    refusal.rule = decision.rule;
    refusal.why = gated.why;
    return gated;
}

Result<Refusal> Inspector::refused(std::span<const std::uint8_t> packet) const
{
    const auto wanted = wanted_in(packet);
    TRY(wanted);
    Refusal refusal{.wanted = *wanted};
    refusal.name = seen_.name_of(wanted->client, wanted->address).value_or(DnsName{});
    if (const auto by_network = ruling_by_network(rules_, *wanted); by_network && !by_network->allowed) {
        refusal.tag = by_network->tag;
        refusal.rule = by_network->rule;
        return refusal;
    }
    if (refusal.name.empty()) return refusal;
    const auto decision = snoop_.policy().decide(wanted->client, refusal.name, wanted->ip_protocol, wanted->port);
    refusal.tag = decision.tag;
    refusal.rule = decision.rule;
    return refusal;
}

void Inspector::used(std::span<const std::uint8_t> packet)
{
    const auto wanted = wanted_in(packet);
    if (!wanted || std::ranges::count(rules_.resolvers, wanted->address) != 0) return;
    const auto name = seen_.name_of(wanted->client, wanted->address);
    discovery_.used({name ? std::string{name->text()} : wanted->address.text(), wanted->ip_protocol, wanted->port});
}

Moves Inspector::follow(Rules rules, Monotonic now)
{
    Moves moves;
    std::set<std::tuple<IpAddress, IpAddress, std::string>> stood;
    std::vector<Pins::Standing> all;
    snoop_.pins().visit(now, [&](const Pins::Standing& standing) {
        for (const auto number : standing.classes)
            stood.emplace(standing.client, standing.address, class_names_[number]);
        all.push_back(standing);
    });
    Snoop next{rules.policy, rules.guard, rules.limits};
    next.carry_on(snoop_);
    rules_ = std::move(rules);
    snoop_ = std::move(next);
    name_classes();
    for (const auto& standing : all)
        for (auto& pin : adopt(standing, now))
            if (stood.erase({pin.client, pin.address, pin.service_class}) == 0) moves.stand.push_back(std::move(pin));
    for (const auto& [client, address, service_class] : stood)
        moves.gone.push_back({client, address, service_class, {}});
    return moves;
}

std::vector<KernelPin> Inspector::adopt(const Pins::Standing& standing, Monotonic now)
{
    const auto learnt = snoop_.adopt(standing, now);
    counts_.no_room.raise(learnt.refused, now);
    if (!standing.names.empty()) seen_.note(standing.client, standing.address, standing.names.back());
    return named(learnt.pins);
}

void Inspector::unlearn(std::span<const KernelPin> pins)
{
    for (const auto& pin : pins) {
        const auto number = std::ranges::find(class_names_, pin.service_class) - class_names_.begin();
        snoop_.unlearn({pin.client, pin.address, static_cast<std::uint16_t>(number)});
    }
}

std::vector<KernelPin> Inspector::all_pins(Monotonic now) const
{
    std::vector<KernelPin> all;
    snoop_.pins().visit(now, [&](const Pins::Standing& standing) {
        for (const auto number : standing.classes)
            all.push_back({standing.client, standing.address, class_names_[number],
                           std::chrono::ceil<std::chrono::seconds>(standing.until - now)});
    });
    return all;
}

Ruling Inspector::judge(const IpAddress& client, const DnsName& name, std::uint8_t ip_protocol,
                        std::uint16_t port) const
{
    const auto decision = snoop_.policy().decide(client, name, ip_protocol, port);
    if (!decision.rule.empty()) return {decision.allowed, decision.tag, decision.rule};
    return ruling_by_default(rules_, client);
}

Ruling Inspector::judge(const Wanted& wanted) const
{
    if (auto by_network = ruling_by_network(rules_, wanted)) return *by_network;
    auto names = snoop_.pins().names_of(wanted.client, wanted.address);
    if (const auto seen = seen_.name_of(wanted.client, wanted.address); names.empty() && seen)
        names.push_back(std::make_shared<const DnsName>(*seen));
    auto ruling = ruling_by_default(rules_, wanted.client);
    for (const auto& name : names) {
        const auto by_name = judge(wanted.client, *name, wanted.ip_protocol, wanted.port);
        if (by_name.allowed) return by_name;
        ruling = by_name;
    }
    return ruling;
}

bool Inspector::knows(const Wanted& wanted) const
{
    return ruling_by_network(rules_, wanted) || !snoop_.pins().names_of(wanted.client, wanted.address).empty() ||
           seen_.name_of(wanted.client, wanted.address);
}

std::vector<LearnedPin> Inspector::learned(std::string_view filter, std::size_t most, Monotonic now) const
{
    std::vector<LearnedPin> all;
    snoop_.pins().visit(now, [&](const Pins::Standing& standing) {
        if (all.size() >= most) return;
        LearnedPin pin{
            standing.client, standing.address, {}, std::chrono::ceil<std::chrono::seconds>(standing.until - now)};
        for (const auto& name : standing.names) pin.names.emplace_back(name->text());
        const auto holds = [&](const std::string& text) { return text.contains(filter); };
        if (std::ranges::any_of(pin.names, holds) || holds(pin.client.text()) || holds(pin.address.text()))
            all.push_back(std::move(pin));
    });
    return all;
}

Counts Inspector::counts() const
{
    auto counts = counts_;
    counts.pins = snoop_.pins().size();
    counts.questions = snoop_.questions().size();
    counts.streams = gate_.size();
    return counts;
}

void Inspector::forget(Monotonic now)
{
    snoop_.forget(now);
}

} // namespace linkspan::egress
