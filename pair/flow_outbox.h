#pragma once

#include "base/clock.h"
#include "ha/copy_frame.h"

#include <chrono>
#include <cstddef>
#include <deque>
#include <vector>

namespace linkspan::pair {

/// Frames of sessions that are to be sent: news as they come, and behind them all sessions again, now and then. Has an end, for
/// whoever may open sessions may open many. Pure.
class FlowOutbox {
public:
    static constexpr std::size_t most_news = 2'048;   ///< frames, 2.4 MB; some 50,000 sessions
    static constexpr std::size_t most_round = 16'384; ///< frames, 20 MB; 240,000 sessions of IPv6, more of IPv4

    /// False where there is no room: all of these are left out.
    [[nodiscard]] bool add_news(std::vector<ha::Payload> frames, Monotonic now)
    {
        return add(news_, most_news, std::move(frames), now);
    }
    [[nodiscard]] bool add_round(std::vector<ha::Payload> frames, Monotonic now)
    {
        return add(round_, most_round, std::move(frames), now);
    }
    /// At most so many, news first.
    [[nodiscard]] std::vector<ha::Payload> take(std::size_t most);
    void clear();

    [[nodiscard]] bool is_round_over() const { return round_.empty(); }
    [[nodiscard]] std::size_t size() const { return news_.size() + round_.size(); }
    /// For how long the oldest one has been waiting.
    [[nodiscard]] std::chrono::nanoseconds behind(Monotonic now) const;

private:
    struct Waiting {
        ha::Payload frame = {};
        Monotonic since = {};
    };
    using Queue = std::deque<Waiting>;
    [[nodiscard]] static bool add(Queue& queue, std::size_t most, std::vector<ha::Payload> frames, Monotonic now);

    Queue news_;
    Queue round_;
};

} // namespace linkspan::pair
