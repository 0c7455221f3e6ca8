#pragma once

#include <boost/json/fwd.hpp>

#include <string>

namespace linkspan::cli {

/// The agent's JSON about egress (docs/json.md) as text for people. Pure; every text ends with a newline.

/// A line for each address that a name has opened.
[[nodiscard]] std::string render_learned(const boost::json::object& learned);
/// What becomes of such packets, and by whose word.
[[nodiscard]] std::string render_why(const boost::json::object& why);
/// What was used, as a tag for the file; what was only asked for, as comments. Hosts choose the names, so what is not
/// made of a host name's characters stands in a comment.
[[nodiscard]] std::string render_discovered(const boost::json::object& discovered);

} // namespace linkspan::cli
