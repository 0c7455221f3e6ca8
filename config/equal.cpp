#include "config/equal.h"

#include "config/document.h"

#include <algorithm>
#include <array>
#include <set>

namespace linkspan::config {
namespace {

/// What one gateway of a pair may say otherwise.
constexpr std::array<std::string_view, 3> own_words{"gateway name", "ha node", "ha peer"};

std::string text_of(const Value& value);

struct ScalarText {
    std::string operator()(const Unusable& v) const { return std::string{v.name}; }
    std::string operator()(bool v) const { return v ? "true" : "false"; }
    std::string operator()(std::int64_t v) const { return std::to_string(v); }
    std::string operator()(const std::string& v) const { return v; }
    std::string operator()(const Array& v) const
    {
        std::string all;
        for (const auto& element : v) all += (all.empty() ? "" : ", ") + text_of(element);
        return "[" + all + "]";
    }
    std::string operator()(const Table&) const { return "{}"; }
};

std::string text_of(const Value& value)
{
    return std::visit(ScalarText{}, value.content);
}

/// By what people call an element of a list of tables; else its place.
std::string name_of(const Value& element, std::size_t place)
{
    if (const auto* table = std::get_if<Table>(&element.content))
        for (const auto& entry : *table)
            if (const auto* name = std::get_if<std::string>(&entry.value.content); entry.key == "name" && name)
                return *name;
    return std::to_string(place + 1);
}

void collect(const std::string& path, const Value& value, Sayings& into)
{
    if (const auto* table = std::get_if<Table>(&value.content)) {
        if (table->empty()) into.emplace(path, "{}");
        for (const auto& entry : *table) collect(path + " " + entry.key, entry.value, into);
        return;
    }
    const auto* array = std::get_if<Array>(&value.content);
    const auto is_table = [](const Value& v) { return std::holds_alternative<Table>(v.content); };
    if (!array || !std::ranges::any_of(*array, is_table)) {
        into.emplace(path, text_of(value));
        return;
    }
    for (std::size_t i = 0; i < array->size(); ++i) collect(path + " " + name_of((*array)[i], i), (*array)[i], into);
}

} // namespace

Sayings sayings_of(const Sources& sources)
{
    Sayings sayings;
    for (const auto& source : sources) {
        Diagnostics unread;
        for (const auto& entry : parse_document(source, unread).root) collect(entry.key, entry.value, sayings);
    }
    for (const auto word : own_words) sayings.erase(std::string{word});
    return sayings;
}

std::vector<Difference> differences(const Sayings& ours, const Sayings& theirs)
{
    std::set<std::string> all;
    for (const auto* side : {&ours, &theirs})
        for (const auto& [what, text] : *side) all.insert(what);
    std::vector<Difference> found;
    for (const auto& what : all) {
        const auto a = ours.find(what), b = theirs.find(what);
        Difference difference{what, a == ours.end() ? "" : a->second, b == theirs.end() ? "" : b->second};
        if (difference.ours != difference.theirs) found.push_back(std::move(difference));
    }
    return found;
}

std::string canonical_text(const Sayings& sayings, std::string_view table)
{
    const auto prefix = std::string{table} + " ";
    std::string text;
    for (auto at = sayings.lower_bound(prefix); at != sayings.end() && at->first.starts_with(prefix); ++at)
        text += std::to_string(at->first.size()) + ":" + at->first + "=" + std::to_string(at->second.size()) + ":" +
                at->second;
    return text;
}

} // namespace linkspan::config
