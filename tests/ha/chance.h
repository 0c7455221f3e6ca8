#pragma once

#include <cstdint>

namespace linkspan::ha::model {

/// SplitMix64: the same numbers from the same seed everywhere.
class Chance {
public:
    explicit Chance(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next()
    {
        std::uint64_t z = (state_ += 0x9e37'79b9'7f4a'7c15);
        z = (z ^ (z >> 30)) * 0xbf58'476d'1ce4'e5b9;
        z = (z ^ (z >> 27)) * 0x94d0'49bb'1331'11eb;
        return z ^ (z >> 31);
    }
    std::uint64_t below(std::uint64_t limit) { return next() % limit; }
    bool percent(std::uint64_t p) { return below(100) < p; }

private:
    std::uint64_t state_;
};

} // namespace linkspan::ha::model
