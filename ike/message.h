#pragma once

#include "base/secret.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace linkspan::ike {

struct Item;
using List = std::vector<std::string>;
using SharedSecret = std::shared_ptr<const Secret>;

/// A node of a VICI message: named values, lists and sections, in the order they travel. The message itself is the
/// outermost section. Lookups are linear and answer the first item of that name.
struct Section {
    std::vector<Item> items; // with an initialiser, clang would need Item to be complete here

    Section& set(std::string name, std::string value);
    Section& set(std::string name, SharedSecret value);
    Section& set(std::string name, List value);
    Section& set(std::string name, Section value);

    [[nodiscard]] const Item* find(std::string_view name) const;
    [[nodiscard]] std::string_view text(std::string_view name) const; ///< empty where there is no such value
    [[nodiscard]] const List& list(std::string_view name) const;      ///< empty where there is no such list
    [[nodiscard]] const Section& section(std::string_view name) const;
    [[nodiscard]] bool empty() const { return items.empty(); }
};

using Message = Section;

/// A secret is only ever encoded: decoding gives it back as plain text, and nobody sends us one.
struct Item {
    std::string name = {};
    std::variant<std::string, List, Section, SharedSecret> value = {};
};

[[nodiscard]] bool operator==(const Item& a, const Item& b);
[[nodiscard]] bool operator==(const Section& a, const Section& b);

} // namespace linkspan::ike
