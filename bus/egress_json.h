#pragma once

#include "bus/report.h"

#include <boost/json.hpp>

namespace linkspan::bus {

/// The part of a gateway's JSON that is about egress.
[[nodiscard]] boost::json::object object_of(const EgressReport& report);

} // namespace linkspan::bus
