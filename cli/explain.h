#pragma once

#include "cli/style.h"
#include "config/explain.h"

#include <boost/json/fwd.hpp>

#include <string>
#include <vector>

namespace linkspan::cli {

/// What a connection comes out as.
struct Explanation {
    std::string connection = {};
    std::vector<config::Setting> settings = {};
    std::string directory = {}; ///< of the main file: people are told places as seen from there
};

/// One line a value: its key, where it comes from, and what it is; a list has a line for each of its elements.
[[nodiscard]] std::string render_explanation(const Explanation& explanation, const Style& style);

/// As docs/json.md says.
[[nodiscard]] boost::json::value json_of(const Explanation& explanation);

} // namespace linkspan::cli
