#include "tests/ha/explore.h"
#include "tests/ha/schedule.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

using namespace linkspan::ha::model;

namespace {

/// `count` schedules over all climates; the seed of the first violation is told, and how to see it again.
int schedules(std::uint64_t count, std::uint64_t first)
{
    const auto all = climates();
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
        const auto& weather = all[seed % all.size()];
        const auto violation = run_schedule(weather, seed);
        if (violation.empty()) continue;
        std::printf("seed %llu (%s): %s\nagain: ha_model tell %llu\n", static_cast<unsigned long long>(seed),
                    weather.name.c_str(), violation.c_str(), static_cast<unsigned long long>(seed));
        return 1;
    }
    std::printf("%llu schedules from seed %llu: nothing violated\n", static_cast<unsigned long long>(count),
                static_cast<unsigned long long>(first));
    return 0;
}

/// Every journey of a size; the way to the first violation is told.
int explore_all(int size)
{
    for (const auto& journey : journeys(size)) {
        const auto found = explore(journey);
        std::printf("%s: %llu worlds to a depth of %d units\n", journey.name.c_str(),
                    static_cast<unsigned long long>(found.worlds), journey.depth);
        if (found.violation.empty()) continue;
        for (const auto& line : found.path) std::printf("  %s\n", line.c_str());
        std::printf("%s\n", found.violation.c_str());
        return 1;
    }
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    const std::string word = argc > 1 ? argv[1] : "";
    const auto number = [&](int i, std::uint64_t fallback) {
        return argc > i ? std::strtoull(argv[i], nullptr, 10) : fallback;
    };
    if (word == "schedules") return schedules(number(2, 20000), number(3, 1));
    if (word == "explore") return explore_all(static_cast<int>(number(2, 1)));
    if (word == "tell") {
        const auto seed = number(2, 1);
        const auto all = climates();
        std::puts(run_schedule(all[seed % all.size()], seed, true).c_str());
        return 0;
    }
    std::fputs("usage: ha_model schedules [COUNT [FIRST-SEED]] | explore 1|2 | tell SEED\n", stderr);
    return 2;
}
