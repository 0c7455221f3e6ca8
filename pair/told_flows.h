#pragma once

#include "base/clock.h"
#include "base/flow.h"

#include <chrono>
#include <cstddef>
#include <unordered_map>
#include <vector>

namespace linkspan::pair {

/// Sessions that this gateway has by the other one's word. Those it tells of no more have ended, and its word of that was lost.
/// Pure.
class ToldFlows {
public:
    /// An active gateway tells of every session anew so often: what it told once may be lost, and here the time runs out.
    static constexpr std::chrono::seconds round{20};
    static constexpr std::chrono::seconds patience = 3 * round;

    void take(const FlowNews& news, Monotonic now);
    /// Those that were not told of for `patience` although others were; they are forgotten here.
    [[nodiscard]] std::vector<Flow> take_silent(Monotonic now);
    void forget() { told_.clear(); }
    [[nodiscard]] std::size_t size() const { return told_.size(); }

private:
    /// By what the kernel knows a session by.
    struct Key {
        std::uint8_t protocol = 0;
        Flow::End source = {}, destination = {};
        std::uint16_t zone = 0;
        bool operator==(const Key&) const = default;
    };
    struct Hash {
        std::size_t operator()(const Key& key) const;
    };
    struct Told {
        Flow flow = {};
        Monotonic at = {};
    };
    std::unordered_map<Key, Told, Hash> told_;
    Monotonic newest_ = {};
};

} // namespace linkspan::pair
