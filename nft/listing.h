#pragma once

#include "base/error.h"
#include "nft/rule.h"

#include <boost/json.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace linkspan::nft {

/// What `nft -j` prints, read without exceptions. All views live as long as the document.

/// Empty where there is no such text.
[[nodiscard]] std::string_view text_at(const boost::json::object& object, std::string_view key);
[[nodiscard]] std::optional<std::int64_t> number_of(const boost::json::value* value);

/// The list behind "nftables", each element an object with one member: what it is, and the object.
[[nodiscard]] Result<boost::json::array> listing(std::string_view text);

/// `visit` is given what it is, and the object.
template <typename Visit>
void for_each_object(const boost::json::array& list, Visit&& visit)
{
    for (const auto& entry : list) {
        const auto* wrapper = entry.if_object();
        if (!wrapper || wrapper->size() != 1) continue;
        if (const auto* object = wrapper->begin()->value().if_object()) visit(wrapper->begin()->key(), *object);
    }
}

/// True for the table of this name in family inet.
[[nodiscard]] bool is_table(const boost::json::object& table, std::string_view name);

[[nodiscard]] bool is_chain(const boost::json::object& chain, const Base& base);

} // namespace linkspan::nft
