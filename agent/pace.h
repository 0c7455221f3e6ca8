#pragma once

#include "base/clock.h"
#include "ike/sa_view.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>

namespace linkspan::agent {

/// How many negotiations may be under way at once (docs/adr/0022-pace-of-negotiations.md). A charon that has begun more than it
/// can answer within its 26 s of repetitions gives them all up, and begins again. A value; time comes in as an argument.
class Pace {
public:
    /// What one look shows.
    void see(const ike::SaView& sas, Monotonic now);
    /// One was begun. charon may take a moment to show it.
    void begin() { ++begun_; }
    /// So many more may be begun.
    [[nodiscard]] std::size_t room() const
    {
        const auto taken = std::max(busy_, begun_);
        return window_ > taken ? window_ - taken : 0;
    }

private:
    std::set<std::uint64_t> standing_ = {};              ///< established IKE_SAs at the look before
    std::map<std::uint64_t, Monotonic> connecting_ = {}; ///< since when
    std::size_t came_ = 0;                               ///< how many were established since `since_`
    Monotonic since_ = {};
    std::size_t window_ = least;
    std::size_t busy_ = 0;
    std::size_t begun_ = 0; ///< since `since_`

    /// What any machine does in time.
    static constexpr std::size_t least = 64;
};

} // namespace linkspan::agent
