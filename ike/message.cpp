#include "ike/message.h"

#include <algorithm>

namespace linkspan::ike {
namespace {

template <typename T>
const T* find_as(const Section& section, std::string_view name)
{
    const Item* item = section.find(name);
    return item ? std::get_if<T>(&item->value) : nullptr;
}

bool same(const SharedSecret& a, const SharedSecret& b)
{
    return a == b || (a && b && a->same_as(*b));
}

} // namespace

Section& Section::set(std::string name, std::string value)
{
    items.emplace_back(Item{std::move(name), std::move(value)});
    return *this;
}

Section& Section::set(std::string name, SharedSecret value)
{
    items.emplace_back(Item{std::move(name), std::move(value)});
    return *this;
}

Section& Section::set(std::string name, List value)
{
    items.emplace_back(Item{std::move(name), std::move(value)});
    return *this;
}

Section& Section::set(std::string name, Section value)
{
    items.emplace_back(Item{std::move(name), std::move(value)});
    return *this;
}

const Item* Section::find(std::string_view name) const
{
    auto found = std::ranges::find(items, name, &Item::name);
    return found == items.end() ? nullptr : &*found;
}

std::string_view Section::text(std::string_view name) const
{
    const auto* value = find_as<std::string>(*this, name);
    return value ? std::string_view{*value} : std::string_view{};
}

const List& Section::list(std::string_view name) const
{
    static const List none;
    const auto* value = find_as<List>(*this, name);
    return value ? *value : none;
}

const Section& Section::section(std::string_view name) const
{
    static const Section none;
    const auto* value = find_as<Section>(*this, name);
    return value ? *value : none;
}

bool operator==(const Item& a, const Item& b)
{
    if (a.name != b.name || a.value.index() != b.value.index()) return false;
    if (const auto* secret = std::get_if<SharedSecret>(&a.value)) return same(*secret, std::get<SharedSecret>(b.value));
    return a.value == b.value;
}

bool operator==(const Section& a, const Section& b)
{
    return a.items == b.items;
}

} // namespace linkspan::ike
