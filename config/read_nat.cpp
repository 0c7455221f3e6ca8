#include "config/read.h"

#include <algorithm>

namespace linkspan::config {
namespace {

struct NatDraft {
    std::vector<NatMapping> local = {}, remote = {};
    std::vector<NatSpans> local_spans = {}, remote_spans = {};
    std::vector<MappingRule> rules = {};
    std::vector<RuleSpans> rule_spans = {};
};

constexpr std::size_t most_mappings = 1000;

/// Reads one line of a table of mappings; what is wrong with it is said.
void read_mapping(Reader& reader, const Key& key, const Entry& entry, std::vector<NatMapping>& into,
                  std::vector<NatSpans>& spans)
{
    const auto real = read_network(reader, key, {entry.key, entry.span});
    const auto text = reader.text(key, entry.value);
    if (!text) return;
    const auto virt = read_network(reader, key, *text);
    if (!real || !virt) return;
    if (real->family() != virt->family())
        return (void)reader.error(text->span,
                                  "`" + std::string{key.name} + "`: " + real->text() + " and " + virt->text() +
                                      " are of different families",
                                  "IPv4 is mapped to IPv4 and IPv6 to IPv6: a packet keeps its family");
    if (real->length != virt->length)
        return (void)reader.error(text->span,
                                  "`" + std::string{key.name} + "`: " + real->text() + " and " + virt->text() +
                                      " have different lengths",
                                  "the mapping is one to one, and every host keeps its number: write \"" +
                                      IpPrefix::network_of(virt->address, real->length).text() +
                                      "\", or narrow the other to /" + std::to_string(virt->length));
    into.push_back({*real, *virt});
    spans.push_back({entry.span, text->span});
}

void read_mappings(Reader& reader, const Key& key, const Value& value, std::vector<NatMapping>& into,
                   std::vector<NatSpans>& spans)
{
    const auto* table = std::get_if<Table>(&value.content);
    if (!table) return reader.wrong_type(key, value);
    if (table->empty())
        return (void)reader.error(value.span, "`" + std::string{key.name} + "` maps nothing",
                                  "leave it out, or " + Reader::example(key));
    if (table->size() > most_mappings)
        return (void)reader.error(value.span,
                                  "`" + std::string{key.name} + "` has " + std::to_string(table->size()) + " mappings",
                                  "at most 1000 fit one connection; join neighbouring networks");
    auto entries = *table;
    std::ranges::sort(entries, {}, [](const Entry& e) { return std::pair{e.span.line, e.span.column}; });
    for (const auto& entry : entries) read_mapping(reader, key, entry, into, spans);
}

void read_local(Reader& reader, const Key& key, const Value& value, NatDraft& into)
{
    read_mappings(reader, key, value, into.local, into.local_spans);
}

void read_remote(Reader& reader, const Key& key, const Value& value, NatDraft& into)
{
    read_mappings(reader, key, value, into.remote, into.remote_spans);
}

void read_list(Reader& reader, const Key& key, const Value& value, NatDraft& into)
{
    read_rules(reader, key, value, into.rules, into.rule_spans);
}

constexpr std::array nat_fields{
    Field<NatDraft>{{"local", Shape::Networks, false, {}, R"({ "10.1.0.0/16" = "100.64.0.0/16" })"}, read_local},
    Field<NatDraft>{{"remote", Shape::Networks, false, {}, R"({ "10.1.0.0/16" = "100.65.0.0/16" })"}, read_remote},
    Field<NatDraft>{{"rules", Shape::Groups, false, {}, R"([{ from = "local", source_to = "100.64.0.1" }])"},
                    read_list},
};

/// A mapped network takes the place of what was written, by either of its names, with its protocol and port, or is one more.
void count_in(const std::vector<NatMapping>& mappings, const std::vector<NatSpans>& places, bool as_virtual,
              std::vector<TrafficSelector>& subnets, std::vector<Span>& spans)
{
    const auto written = subnets;
    for (std::size_t i = 0; i < mappings.size(); ++i) {
        const auto& network = as_virtual ? mappings[i].virt : mappings[i].real;
        const auto& place = as_virtual ? places[i].virt : places[i].real;
        bool stands = false;
        for (std::size_t k = 0; k < written.size(); ++k) {
            if (written[k].prefix != mappings[i].real && written[k].prefix != mappings[i].virt) continue;
            subnets[k].prefix = network;
            if (as_virtual) spans[k] = place;
            stands = true;
        }
        if (stands) continue;
        subnets.emplace_back(network);
        spans.push_back(place);
    }
}

} // namespace

void read_nat(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    const auto* table = std::get_if<Table>(&value.content);
    if (!table) return reader.wrong_type(key, value);
    NatDraft nat;
    const auto seen = read_fields(reader, "[connection.nat]", nat_fields, {}, *table, value.span, nat);
    if (!seen[0] && !seen[1] && !seen[2])
        reader.error(value.span, "[connection.nat] maps nothing",
                     "write `local`, what the peer sees in place of our networks, or `remote`, what our hosts see in "
                     "place of the peer's: `remote = { \"10.1.0.0/16\" = \"100.65.0.0/16\" }`");
    into.nat = value.span;
    into.connection.nat = {std::move(nat.local), std::move(nat.remote), std::move(nat.rules)};
    into.rules = std::move(nat.rule_spans);
    into.nat_local = std::move(nat.local_spans);
    into.nat_remote = std::move(nat.remote_spans);
}

void apply_nat(ConnectionDraft& draft)
{
    auto& c = draft.connection;
    draft.has_local_subnets |= !c.nat.local.empty();
    count_in(c.nat.local, draft.nat_local, false, c.local_subnets, draft.local_subnets);
    count_in(c.nat.remote, draft.nat_remote, true, c.remote_subnets, draft.remote_subnets);
    apply_rules(draft);
}

KeyTable nat_keys()
{
    return key_table("[connection.nat]", nat_fields, {});
}

} // namespace linkspan::config
