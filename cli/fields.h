#pragma once

#include <boost/json/fwd.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace linkspan::cli {

/// Members of the agent's JSON. A member that is missing, null or of another type reads as empty, 0, false: an older
/// command understands a newer agent.

/// Without control characters: what a peer calls itself must not reach the terminal as an escape sequence.
[[nodiscard]] std::string text(const boost::json::object& object, std::string_view key);
/// As `text`, but lines stay lines.
[[nodiscard]] std::string lines(const boost::json::object& object, std::string_view key);
[[nodiscard]] std::uint64_t number(const boost::json::object& object, std::string_view key);
[[nodiscard]] bool flag(const boost::json::object& object, std::string_view key);
[[nodiscard]] const boost::json::object& member(const boost::json::object& object, std::string_view key);
/// The objects of a list; the addresses live as long as `object`.
[[nodiscard]] std::vector<const boost::json::object*> objects(const boost::json::object& object, std::string_view key);
/// The strings of a list, joined.
[[nodiscard]] std::string joined(const boost::json::object& object, std::string_view key, std::string_view separator);

/// `bytes` with every control character but '\n' replaced by '?'; '\n' too unless `keep_lines`.
[[nodiscard]] std::string printable(std::string_view bytes, bool keep_lines);

} // namespace linkspan::cli
