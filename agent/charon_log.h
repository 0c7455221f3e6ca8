#pragma once

#include "agent/loop.h"
#include "ike/diagnosis.h"
#include "ike/log.h"

#include <functional>
#include <optional>
#include <string>

namespace linkspan::agent {

/// Listens to charon's log while somebody wants to know why a negotiation fails, and hangs up when nobody does, or when
/// charon says more than a hint is worth. Does not move: the loop holds its address.
class CharonLog {
public:
    using Found = std::function<void(const ike::Finding&)>;

    CharonLog(Loop& loop, Found found);
    CharonLog(const CharonLog&) = delete;
    CharonLog& operator=(const CharonLog&) = delete;

    /// Says where charon is.
    void follow(const std::string& socket);
    /// Listens from now on, or does not.
    void listen(bool wanted);

private:
    void connect();
    void read();
    void hang_up();
    void retry(std::chrono::seconds wait);

    Loop& loop_;
    Found found_;
    std::string socket_;
    bool wanted_ = false;
    std::optional<ike::Log> log_;
    ike::Diagnosis diagnosis_;
    std::size_t lines_ = 0; ///< since `window_`
    std::chrono::steady_clock::time_point window_ = {};
    Loop::Source readable_;
    Loop::Source timer_;
};

} // namespace linkspan::agent
