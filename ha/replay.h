#pragma once

#include <cstdint>
#include <vector>

namespace linkspan::ha {

/// Tells frames that came before from new ones, without a wall clock: within a boot of the sender by its counter, in a
/// window of 64 as ESP has it (RFC 4303, 3.4.3); the last boots are remembered. What was recorded before our own start
/// is told apart by the heartbeat's echo instead, which does not have our boot.
class Replay {
public:
    /// True once for each frame. Ask only about frames whose seal fitted.
    [[nodiscard]] bool accept(std::uint64_t boot, std::uint64_t counter);

private:
    struct Window {
        std::uint64_t boot = 0;
        std::uint64_t last = 0;
        std::uint64_t seen = 0; ///< bit i: last - i came
    };
    static constexpr std::size_t most_boots = 16;
    std::vector<Window> windows_; ///< the one used last at the end
};

} // namespace linkspan::ha
