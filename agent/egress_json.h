#pragma once

#include "agent/report.h"

#include <boost/json.hpp>

namespace linkspan::agent {

/// The part of a gateway's JSON that is about egress.
[[nodiscard]] boost::json::object object_of(const EgressReport& report);

} // namespace linkspan::agent
