#pragma once

#include "tests/ha/world.h"

#include <cstdint>
#include <string>

namespace linkspan::ha::model {

/// What may go wrong in a schedule.
struct Weather {
    std::string name = {};
    bool arbiter = false;
    bool loss_to_first = false;  ///< heartbeats are lost, late, doubled and out of order on their way to the first
    bool loss_to_second = false; ///< likewise
    bool arbiter_fails = false;
    bool pauses = false;  ///< the agent, for up to three times detect()
    bool freezes = false; ///< the machine with its clock
    bool crashes = false; ///< of the agent and of the machine, with restarts
    bool disks = false;
    bool hooks = false;
    bool health = false;
    bool commands = false;
    bool strict = true; ///< two may never emit at once
};

/// Everything a user could meet, each with what is promised under it.
[[nodiscard]] std::vector<Weather> climates();

/// One run of random faults from a seed and an hour of calm after it: what was violated, empty if nothing.
[[nodiscard]] std::string run_schedule(const Weather& weather, std::uint64_t seed, bool tell = false);

} // namespace linkspan::ha::model
