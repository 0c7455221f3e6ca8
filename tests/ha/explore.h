#pragma once

#include "tests/ha/world.h"

#include <cstdint>
#include <string>
#include <vector>

namespace linkspan::ha::model {

/// A breadth-first walk through every world that is reached from `start` by up to `depth` units of time, whatever
/// happens in each: each heartbeat comes, is late, comes twice or is lost, gateways stand still and go on, are killed and
/// come back, the arbiter is reached or not. Worlds that differ only in what time it is are one.
struct Journey {
    std::string name = {};
    World start = {};
    int depth = 0;      ///< units
    bool lossy[2] = {}; ///< on the way to that gateway
    bool pauses = false;
    bool crashes = false;
    bool arbiter_fails = false;
    int faults = 0; ///< pauses, crashes, lost questions: at most so many in one walk
};

struct Findings {
    std::uint64_t worlds = 0;
    std::string violation = {};
    std::vector<std::string> path = {}; ///< to the violation
};

[[nodiscard]] Findings explore(const Journey& journey);

/// 1: seconds; 2: for the full test run.
[[nodiscard]] std::vector<Journey> journeys(int size);

} // namespace linkspan::ha::model
