#include "config/read_egress.h"

#include <algorithm>
#include <array>

namespace linkspan::config {
namespace {

constexpr std::array<std::string_view, 3> modes{"enforce", "discover", "off"};
constexpr std::array<std::string_view, 2> refuse_or_redirect{"refuse", "redirect"};
constexpr std::array<std::string_view, 2> refuse_or_by_rule{"refuse", "by-rule"};
constexpr std::array<std::string_view, 3> sni_words{"require", "if-present", "off"};
constexpr std::array<std::string_view, 2> by_rule_or_pass{"by-rule", "pass"};

/// Reads one of the words of the key, which stand in the order of the enum's values.
template <auto Member>
void read_word(Reader& reader, const Key& key, const Value& value, EgressDraft& into)
{
    auto& member = into.egress.*Member;
    if (const auto word = reader.word(key, value)) member = static_cast<std::decay_t<decltype(member)>>(*word);
}

void read_other_resolvers(Reader& reader, const Key& key, const Value& value, EgressDraft& into)
{
    into.other_resolvers = value.span;
    read_word<&Egress::other_resolvers>(reader, key, value, into);
}

bool is_host(Reader& reader, const Key& key, const IpAddress& address, const Span& at)
{
    if (!address.is_unspecified() && !address.is_loopback() && !address.is_multicast()) return true;
    reader.error(at, "`" + std::string{key.name} + "`: " + address.text() + " is no host that others can reach",
                 Reader::example(key));
    return false;
}

void read_resolvers(Reader& reader, const Key& key, const Value& value, EgressDraft& into)
{
    constexpr std::size_t most = 64;
    const auto texts = reader.texts(key, value);
    const auto* array = std::get_if<Array>(&value.content);
    into.has_resolvers = array == nullptr || !array->empty();
    if (texts.size() > most)
        return (void)reader.error(value.span, "`resolvers` has " + std::to_string(texts.size()) + " addresses",
                                  "at most 64 are believed; name those that the hosts ask");
    for (const auto& text : texts) {
        const auto address = reader.parsed<IpAddress>(key, text);
        if (!address || !is_host(reader, key, *address, text.span)) continue;
        if (std::ranges::find(into.egress.resolvers, *address) != into.egress.resolvers.end()) {
            reader.error(text.span, "`resolvers` has " + address->text() + " twice", "remove one of them");
            continue;
        }
        into.egress.resolvers.push_back(*address);
        into.resolvers.push_back(text.span);
    }
}

void read_nat_address(Reader& reader, const Key& key, const Written& text, EgressDraft& into)
{
    const auto address = IpAddress::parse(text.text);
    if (!address) {
        reader.error(text.span, "`nat` cannot be " + in_quotes(text.text),
                     R"(it is "off", "masquerade", or the address to leave by, like "203.0.113.10")");
        return;
    }
    if (!is_host(reader, key, *address, text.span)) return;
    for (const auto& other : into.egress.nat_addresses)
        if (other.family == address->family)
            reader.error(text.span, "`nat` has a second address of the same family, after " + other.text(),
                         "give at most one IPv4 and one IPv6 address");
    into.egress.nat = EgressNat::Address;
    into.egress.nat_addresses.push_back(*address);
    into.nat_addresses.push_back(text.span);
}

void read_egress_nat(Reader& reader, const Key& key, const Value& value, EgressDraft& into)
{
    into.nat = value.span;
    const auto texts = reader.texts(key, value);
    if (texts.size() == 1 && (texts.front().text == "off" || texts.front().text == "masquerade")) {
        into.egress.nat = texts.front().text == "off" ? EgressNat::Off : EgressNat::Masquerade;
        return;
    }
    for (const auto& text : texts) read_nat_address(reader, key, text, into);
}

void read_private_answers(Reader& reader, const Key& key, const Value& value, EgressDraft& into)
{
    for (const auto& text : reader.texts(key, value))
        if (const auto prefix = read_network(reader, key, text)) {
            into.egress.private_answers.push_back(*prefix);
            into.private_answers.push_back(text.span);
        }
}

template <std::chrono::seconds Egress::* Member, Span EgressDraft::* Place>
void read_seconds(Reader& reader, const Key& key, const Value& value, EgressDraft& into)
{
    const auto found = reader.duration(key, value);
    if (!found) return;
    into.egress.*Member = *found;
    into.*Place = value.span;
}

constexpr std::int64_t day = 86'400;
constexpr std::array egress_fields{
    Field<EgressDraft>{{"tag", Shape::Group, false}, read_egress_tags},
    Field<EgressDraft>{{"policy", Shape::Group, false}, read_egress_policies},
    Field<EgressDraft>{{"mode", Shape::Text, false, R"("enforce")", R"("discover")", modes}, read_word<&Egress::mode>},
    Field<EgressDraft>{{"resolvers", Shape::Texts, false, "[]", R"(["9.9.9.9"])"}, read_resolvers},
    Field<EgressDraft>{{"other_resolvers", Shape::Text, false, R"("refuse")", R"("redirect")", refuse_or_redirect},
                       read_other_resolvers},
    Field<EgressDraft>{{"dot", Shape::Text, false, R"("refuse")", R"("by-rule")", refuse_or_by_rule},
                       read_word<&Egress::dot>},
    Field<EgressDraft>{{"doh", Shape::Text, false, R"("refuse")", R"("by-rule")", refuse_or_by_rule},
                       read_word<&Egress::doh>},
    Field<EgressDraft>{{"sni", Shape::Text, false, R"("if-present")", R"("require")", sni_words},
                       read_word<&Egress::sni>},
    Field<EgressDraft>{{"nat", Shape::TextOrTexts, false, R"("off")", R"("masquerade")"}, read_egress_nat},
    Field<EgressDraft>{{"private_ranges", Shape::Text, false, R"("by-rule")", R"("pass")", by_rule_or_pass},
                       read_word<&Egress::private_ranges>},
    Field<EgressDraft>{{"private_answers", Shape::Texts, false, "[]", R"(["10.8.0.0/16"])"}, read_private_answers},
    Field<EgressDraft>{{"minimum_ttl", Shape::Duration, false, R"("1m")", R"("2m")", {}, 1, day},
                       read_seconds<&Egress::minimum_ttl, &EgressDraft::minimum_ttl>},
    Field<EgressDraft>{{"maximum_ttl", Shape::Duration, false, R"("1d")", R"("12h")", {}, 1, 7 * day},
                       read_seconds<&Egress::maximum_ttl, &EgressDraft::maximum_ttl>},
    Field<EgressDraft>{{"grace", Shape::Duration, false, R"("0s")", R"("30s")", {}, 0, day},
                       read_seconds<&Egress::grace, &EgressDraft::grace>},
    Field<EgressDraft>{{"limits", Shape::Group, false, {}, "{ addresses = 200000 }"}, read_egress_limits},
};

bool has_settings(const Table& table)
{
    return std::ranges::any_of(table, [](const Entry& e) { return e.key != "tag" && e.key != "policy"; });
}

} // namespace

void read_egress(Reader& reader, const Key&, const Value& value, Draft& into)
{
    const auto* table = std::get_if<Table>(&value.content);
    if (!table) return (void)reader.error(value.span, "`egress` must be one table", "begin it with `[egress]`");
    if (!into.egress) into.egress.emplace();
    auto& egress = *into.egress;
    const bool settings = has_settings(*table);
    if (settings && egress.has_settings)
        return (void)reader.error(
            value.span, "a second [egress], after " + *egress.file + ":" + std::to_string(egress.header.line),
            "its keys stand in one file; others may have `[[egress.tag]]` and `[[egress.policy]]`");
    if (settings || !egress.file) {
        egress.file = reader.file();
        egress.header = value.span;
        egress.egress.pos = reader.pos(value.span);
    }
    egress.has_settings |= settings;
    read_fields(reader, "[egress]", egress_fields, {}, *table, value.span, egress);
}

KeyTable egress_keys()
{
    return key_table("[egress]", egress_fields, {});
}

} // namespace linkspan::config
