#pragma once

#include "ike/events.h"
#include "service/loop.h"

#include <functional>
#include <optional>
#include <string>

namespace linkspan::agent {

/// Listens for charon's events, and tries again every second while there is no charon. Says that there is reason to look, after
/// an event, the end of the connection, or its beginning; and that charon is gone. Does not move: the loop holds its address.
class CharonLink {
public:
    CharonLink(service::Loop& loop, std::function<void()> look, std::function<void()> gone);
    CharonLink(const CharonLink&) = delete;
    CharonLink& operator=(const CharonLink&) = delete;

    /// Starts, or starts again elsewhere.
    void follow(const std::string& socket);

private:
    void connect();
    void drain();
    void retry();

    service::Loop& loop_;
    std::function<void()> look_;
    std::function<void()> gone_;
    std::string socket_;
    std::optional<ike::Events> events_;
    service::Loop::Source readable_;
    service::Loop::Source timer_;
};

} // namespace linkspan::agent
