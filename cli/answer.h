#pragma once

#include "base/error.h"

#include <boost/json/object.hpp>

#include <string>

namespace linkspan::cli {

/// An answer of the agent: as it came, and read.
struct Answer {
    std::string text = {};
    boost::json::object object = {};
};

/// Kind::Protocol: what came is no JSON object.
[[nodiscard]] Result<Answer> read_answer(Result<std::string> reply);

} // namespace linkspan::cli
