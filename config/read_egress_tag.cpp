#include "config/read_egress.h"

#include <algorithm>
#include <array>

namespace linkspan::config {
namespace {

constexpr std::size_t longest_name = 63;

void read_name(Reader& reader, const Key& key, const Value& value, EgressTagDraft& into)
{
    const auto text = reader.text(key, value);
    if (!text) return;
    constexpr std::string_view first = "abcdefghijklmnopqrstuvwxyz0123456789";
    constexpr std::string_view further = "abcdefghijklmnopqrstuvwxyz0123456789._-";
    const auto& name = text->text;
    if (name.size() > longest_name)
        reader.error(text->span, "the name is " + std::to_string(name.size()) + " characters long", "63 are the limit");
    else if (!first.contains(name.front()) || name.find_first_not_of(further) != std::string::npos)
        reader.error(text->span, in_quotes(name) + " is not a name of a tag",
                     "use lower-case letters, digits, '.', '_' and '-', a letter or digit first, like \"patching\"");
    else
        into.tag.name = name, into.name = text->span;
}

void read_enabled(Reader& reader, const Key& key, const Value& value, EgressTagDraft& into)
{
    if (const auto found = reader.boolean(key, value)) into.enabled = *found;
}

void read_rules(Reader& reader, const Key& key, const Value& value, std::vector<EgressRule>& rules,
                std::vector<Span>& places, bool& is_whole)
{
    const auto texts = reader.texts(key, value);
    for (const auto& text : texts)
        if (auto rule = reader.parsed<EgressRule>(key, text)) {
            rules.push_back(*std::move(rule));
            places.push_back(text.span);
        }
    const auto* array = std::get_if<Array>(&value.content);
    is_whole &= array != nullptr && rules.size() == array->size();
}

void read_allow(Reader& reader, const Key& key, const Value& value, EgressTagDraft& into)
{
    read_rules(reader, key, value, into.tag.allow, into.allow, into.is_whole);
}

void read_deny(Reader& reader, const Key& key, const Value& value, EgressTagDraft& into)
{
    read_rules(reader, key, value, into.tag.deny, into.deny, into.is_whole);
}

constexpr std::array tag_fields{
    Field<EgressTagDraft>{{"name", Shape::Text, true, {}, R"("patching")"}, read_name},
    Field<EgressTagDraft>{{"enabled", Shape::Boolean, false, "true", "false"}, read_enabled},
    Field<EgressTagDraft>{{"allow", Shape::Texts, false, "[]", R"(["*.ubuntu.com:80,443/tcp"])"}, read_allow},
    Field<EgressTagDraft>{{"deny", Shape::Texts, false, "[]", R"(["ads.ubuntu.com"])"}, read_deny},
};

} // namespace

void read_egress_tags(Reader& reader, const Key&, const Value& value, EgressDraft& into)
{
    const auto* array = std::get_if<Array>(&value.content);
    if (!array)
        return (void)reader.error(value.span, "`tag` is a list",
                                  "begin each with `[[egress.tag]]`, in double brackets");
    for (const auto& element : *array) {
        const auto* table = std::get_if<Table>(&element.content);
        if (!table) {
            reader.error(element.span, "`tag` is a list of tables", "begin each with `[[egress.tag]]`");
            continue;
        }
        auto& draft = into.tags.emplace_back();
        draft.file = reader.file();
        draft.header = element.span;
        draft.tag.pos = reader.pos(element.span);
        const auto seen = read_fields(reader, "[[egress.tag]]", tag_fields, {}, *table, element.span, draft);
        const auto written = [&](std::string_view key) {
            return std::ranges::find(*table, key, &Entry::key) != table->end();
        };
        static_assert(tag_fields[2].key.name == "allow" && tag_fields[3].key.name == "deny");
        draft.is_whole &= seen[2] == written("allow") && seen[3] == written("deny"); // not mistyped
    }
}

KeyTable egress_tag_keys()
{
    return key_table("[[egress.tag]]", tag_fields, {});
}

} // namespace linkspan::config
