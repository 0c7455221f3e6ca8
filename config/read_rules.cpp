#include "config/read.h"

#include "base/traffic_selector.h"

#include <algorithm>
#include <charconv>

namespace linkspan::config {
namespace {

struct RuleDraft {
    MappingRule rule = {};
    RuleSpans at = {};
    bool knows_who_begins = false;
};

constexpr std::size_t most_rules = 100, most_networks = 100;
constexpr std::array<std::string_view, 2> begins{"local", "remote"};
constexpr std::array<std::string_view, 4> protocols{"tcp", "udp", "sctp", "icmp"};

std::string tick(const Key& key)
{
    return "`" + std::string{key.name} + "`";
}

void read_from(Reader& reader, const Key& key, const Value& value, RuleDraft& into)
{
    const auto word = reader.word(key, value);
    into.knows_who_begins = word.has_value();
    into.rule.from_here = word == 0;
}

void read_networks(Reader& reader, const Key& key, const Value& value, std::vector<IpPrefix>& into)
{
    const auto texts = reader.texts(key, value);
    if (texts.size() > most_networks)
        return (void)reader.error(value.span, tick(key) + " lists " + std::to_string(texts.size()) + " networks",
                                  "at most 100 fit one rule; join neighbouring networks");
    for (const auto& text : texts) {
        const auto network = read_network(reader, key, text);
        if (!network) continue;
        const auto other = std::ranges::find_if(into, [&](const auto& n) { return n.overlaps(*network); });
        if (other != into.end())
            reader.error(text.span, tick(key) + ": " + network->text() + " and " + other->text() + " overlap",
                         "list each address once: the wider network is enough");
        else
            into.push_back(*network);
    }
}

void read_source(Reader& reader, const Key& key, const Value& value, RuleDraft& into)
{
    into.at.source = value.span;
    read_networks(reader, key, value, into.rule.source);
}

void read_destination(Reader& reader, const Key& key, const Value& value, RuleDraft& into)
{
    into.at.destination = value.span;
    read_networks(reader, key, value, into.rule.destination);
}

void read_protocol(Reader& reader, const Key& key, const Value& value, RuleDraft& into)
{
    into.at.protocol = value.span;
    if (const auto word = reader.word(key, value))
        into.rule.protocol = TrafficSelector::parse("0.0.0.0/0[" + std::string{key.words[*word]} + "]")->protocol;
}

std::optional<std::uint16_t> port_in(std::string_view text)
{
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size() || port == 0) return {};
    return port;
}

void read_port(Reader& reader, const Key& key, const Value& value, RuleDraft& into)
{
    into.at.port = value.span;
    if (std::holds_alternative<std::int64_t>(value.content)) {
        if (const auto port = reader.integer(key, value))
            into.rule.port_first = into.rule.port_last = static_cast<std::uint16_t>(*port);
        return;
    }
    const auto* written = std::get_if<std::string>(&value.content);
    if (!written) return reader.wrong_type(key, value);
    const auto dash = written->find('-');
    const auto first = port_in(std::string_view{*written}.substr(0, dash));
    const auto last = dash == std::string::npos ? first : port_in(std::string_view{*written}.substr(dash + 1));
    if (!first || !last)
        return (void)reader.error(value.span, "`port`: " + in_quotes(*written) + " is not a port, nor a range of ports",
                                  Reader::example(key) + ", or like `port = \"8000-8010\"`");
    if (*last < *first)
        return (void)reader.error(value.span, "`port`: " + in_quotes(*written) + " ends before it begins",
                                  "write \"" + std::to_string(*last) + "-" + std::to_string(*first) + "\"");
    into.rule.port_first = *first;
    into.rule.port_last = *last;
}

std::optional<AddressRange> read_target(Reader& reader, const Key& key, const Value& value)
{
    const auto text = reader.text(key, value);
    if (!text) return {};
    const auto range = AddressRange::parse(text->text);
    if (!range) {
        reader.error(text->span,
                     tick(key) + ": " + in_quotes(text->text) +
                         " is no address, range or network: " + range.error().what,
                     Reader::example(key) + ", or a range like \"100.64.0.1-100.64.0.9\"");
        return {};
    }
    for (const auto& end : {range->first, range->last})
        if (end.is_loopback() || end.is_multicast() || end.is_link_local() || end.is_unspecified()) {
            reader.error(text->span, tick(key) + ": " + end.text() + " cannot stand for a host",
                         "give unicast addresses; loopback, link-local and multicast are not, and neither is " +
                             IpAddress::any(end.family).text());
            return {};
        }
    return *range;
}

void read_source_to(Reader& reader, const Key& key, const Value& value, RuleDraft& into)
{
    into.at.source_to = value.span;
    into.rule.source_to = read_target(reader, key, value);
}

void read_destination_to(Reader& reader, const Key& key, const Value& value, RuleDraft& into)
{
    into.at.destination_to = value.span;
    into.rule.destination_to = read_target(reader, key, value);
}

void read_port_to(Reader& reader, const Key& key, const Value& value, RuleDraft& into)
{
    into.at.port_to = value.span;
    if (const auto port = reader.integer(key, value)) into.rule.port_to = static_cast<std::uint16_t>(*port);
}

void read_exclude(Reader& reader, const Key& key, const Value& value, RuleDraft& into)
{
    into.at.exclude = value.span;
    into.rule.exclude = reader.boolean(key, value).value_or(true);
}

constexpr std::array rule_fields{
    Field<RuleDraft>{{"from", Shape::Text, true, {}, R"("local")", begins}, read_from},
    Field<RuleDraft>{{"source", Shape::TextOrTexts, false, {}, R"("10.1.0.0/16")"}, read_source},
    Field<RuleDraft>{{"destination", Shape::TextOrTexts, false, {}, R"("10.20.0.0/16")"}, read_destination},
    Field<RuleDraft>{{"protocol", Shape::Text, false, {}, R"("tcp")", protocols}, read_protocol},
    Field<RuleDraft>{{"port", Shape::Port, false, {}, "443", {}, 1, 65535}, read_port},
    Field<RuleDraft>{{"source_to", Shape::Text, false, {}, R"("100.64.0.1")"}, read_source_to},
    Field<RuleDraft>{{"destination_to", Shape::Text, false, {}, R"("10.1.0.80")"}, read_destination_to},
    Field<RuleDraft>{{"port_to", Shape::Integer, false, {}, "8443", {}, 1, 65535}, read_port_to},
    Field<RuleDraft>{{"exclude", Shape::Boolean, false, "false", "true"}, read_exclude},
};

/// One more network that the peer knows as ours, unless it is one already.
void count_in(const IpPrefix& network, const Span& at, ConnectionDraft& draft)
{
    auto& subnets = draft.connection.local_subnets;
    draft.has_local_subnets = true;
    if (std::ranges::any_of(subnets, [&](const auto& s) { return !s.is_narrowed() && s.prefix.contains(network); }))
        return;
    subnets.emplace_back(network);
    draft.local_subnets.push_back(at);
}

} // namespace

void read_rules(Reader& reader, const Key& key, const Value& value, std::vector<MappingRule>& into,
                std::vector<RuleSpans>& spans)
{
    const auto* array = std::get_if<Array>(&value.content);
    if (!array) return reader.wrong_type(key, value);
    if (array->empty())
        return (void)reader.error(value.span, "`rules` is empty", "leave it out, or " + Reader::example(key));
    if (array->size() > most_rules)
        return (void)reader.error(value.span, "`rules` has " + std::to_string(array->size()) + " rules",
                                  "at most 100 fit one connection: one rule takes many networks");
    for (const auto& element : *array) {
        const auto* table = std::get_if<Table>(&element.content);
        if (!table) {
            reader.error(element.span, "`rules` is a list of tables",
                         "begin each rule with `[[connection.nat.rules]]`");
            continue;
        }
        RuleDraft rule;
        rule.at.at = element.span;
        (void)read_fields(reader, "[[connection.nat.rules]]", rule_fields, {}, *table, element.span, rule);
        if (!rule.knows_who_begins) continue;
        into.push_back(std::move(rule.rule));
        spans.push_back(rule.at);
    }
}

void apply_rules(ConnectionDraft& draft)
{
    const auto& rules = draft.connection.nat.rules;
    for (std::size_t i = 0; i < rules.size(); ++i) {
        const auto& rule = rules[i];
        if (rule.from_here && rule.source_to)
            for (const auto& network : rule.source_to->networks()) count_in(network, draft.rules[i].source_to, draft);
        if (!rule.from_here && rule.destination_to)
            for (const auto& network : rule.destination) count_in(network, draft.rules[i].destination, draft);
    }
}

KeyTable rule_keys()
{
    return key_table("[[connection.nat.rules]]", rule_fields, {});
}

} // namespace linkspan::config
