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
    /// As it was told last; null: never, or it is gone.
    [[nodiscard]] const Flow* find(const FlowKey& key) const;
    /// Those that were not told of for `patience` although others were; they are forgotten here.
    [[nodiscard]] std::vector<Flow> take_silent(Monotonic now);
    void forget() { told_.clear(); }
    [[nodiscard]] std::size_t size() const { return told_.size(); }

private:
    struct Hash {
        std::size_t operator()(const FlowKey& key) const;
    };
    struct Told {
        Flow flow = {};
        Monotonic at = {};
    };
    std::unordered_map<FlowKey, Told, Hash> told_;
    Monotonic newest_ = {};
};

} // namespace linkspan::pair
