#include "config/read_egress.h"

#include <array>

namespace linkspan::config {
namespace {

constexpr std::array<std::string_view, 2> fallbacks{"deny", "allow"};

void read_networks(Reader& reader, const Key& key, const Value& value, std::vector<IpPrefix>& networks,
                   std::vector<Span>& places)
{
    constexpr std::size_t most = 1000;
    const auto texts = reader.texts(key, value);
    if (texts.size() > most)
        return (void)reader.error(value.span,
                                  "`" + std::string{key.name} + "` has " + std::to_string(texts.size()) + " networks",
                                  "at most 1000 fit one policy; join neighbouring networks");
    for (const auto& text : texts)
        if (const auto prefix = read_network(reader, key, text)) {
            networks.push_back(*prefix);
            places.push_back(text.span);
        }
}

void read_sources(Reader& reader, const Key& key, const Value& value, EgressPolicyDraft& into)
{
    read_networks(reader, key, value, into.policy.sources, into.sources);
}

void read_pass_through(Reader& reader, const Key& key, const Value& value, EgressPolicyDraft& into)
{
    read_networks(reader, key, value, into.policy.pass_through, into.pass_through);
}

void read_tags(Reader& reader, const Key& key, const Value& value, EgressPolicyDraft& into)
{
    for (auto& text : reader.texts(key, value)) {
        into.policy.tags.push_back(std::move(text.text));
        into.tags.push_back(text.span);
    }
}

void read_default(Reader& reader, const Key& key, const Value& value, EgressPolicyDraft& into)
{
    if (const auto word = reader.word(key, value))
        into.policy.fallback = *word == 0 ? EgressDefault::Deny : EgressDefault::Allow;
}

constexpr std::array policy_fields{
    Field<EgressPolicyDraft>{{"sources", Shape::Texts, true, {}, R"(["10.1.0.0/24"])"}, read_sources},
    Field<EgressPolicyDraft>{{"tags", Shape::Texts, false, "[]", R"(["patching"])"}, read_tags},
    Field<EgressPolicyDraft>{{"default", Shape::Text, false, R"("deny")", R"("allow")", fallbacks}, read_default},
    Field<EgressPolicyDraft>{{"pass_through", Shape::Texts, false, "[]", R"(["198.51.100.0/24"])"}, read_pass_through},
};

} // namespace

void read_egress_policies(Reader& reader, const Key&, const Value& value, EgressDraft& into)
{
    const auto* array = std::get_if<Array>(&value.content);
    if (!array)
        return (void)reader.error(value.span, "`policy` is a list",
                                  "begin each with `[[egress.policy]]`, in double brackets");
    for (const auto& element : *array) {
        const auto* table = std::get_if<Table>(&element.content);
        if (!table) {
            reader.error(element.span, "`policy` is a list of tables", "begin each with `[[egress.policy]]`");
            continue;
        }
        auto& draft = into.policies.emplace_back();
        draft.file = reader.file();
        draft.header = element.span;
        draft.policy.pos = reader.pos(element.span);
        read_fields(reader, "[[egress.policy]]", policy_fields, {}, *table, element.span, draft);
    }
}

KeyTable egress_policy_keys()
{
    return key_table("[[egress.policy]]", policy_fields, {});
}

} // namespace linkspan::config
