#pragma once

#include "base/clock.h"
#include "cli/style.h"

#include <boost/json/fwd.hpp>

#include <string>
#include <string_view>

namespace linkspan::cli {

/// The agent's JSON (docs/json.md) as text for people. Pure; every text ends with a newline.

/// Like a diff, grouped by connection; conflicts last and loud. "nothing to do" where there is nothing.
[[nodiscard]] std::string render_plan(const boost::json::object& plan, const Style& style);
/// What was done, then what is still not as the file says.
[[nodiscard]] std::string render_apply(const boost::json::object& applied, const Style& style, WallTime now);
/// The gateway, one line per connection, and what is not in sync.
[[nodiscard]] std::string render_status(const boost::json::object& gateway, const Style& style, WallTime now);
/// Both gateways of a pair, what is amiss, and the last events, the newest first.
[[nodiscard]] std::string render_pair(const boost::json::object& pair, const Style& style, WallTime now);
/// Everything about one connection.
[[nodiscard]] std::string render_connection(const boost::json::object& connection, const Style& style, WallTime now);

/// Parts of the above.
[[nodiscard]] std::string paint_state(const std::string& state, const Style& style);
/// Where a cause can be put right: "mend here", "mend there", "mend either".
[[nodiscard]] std::string side_text(std::string_view side);
/// One object that is not in sync: what, why, since when, when it is tried again.
[[nodiscard]] std::string render_unsynced(const boost::json::object& unsynced, std::string_view indent,
                                          const Style& style, WallTime now);

} // namespace linkspan::cli
