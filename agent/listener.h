#pragma once

#include "agent/silence.h"
#include "ike/client.h"
#include "service/loop.h"

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace linkspan::agent {

/// Asks charon, several times a second, which peers leave it without an answer, where a backup depends on it, and tells
/// when that changes. Without a charon nobody is silent. Does not move: the loop holds its address.
class Listener {
public:
    Listener(service::Loop& loop, Clock clock, std::function<void()> changed);
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    /// `config` lives until another is followed.
    void follow(const config::Config& config);
    [[nodiscard]] const std::set<ConnectionName>& silent() const { return silent_; }

private:
    void look();
    [[nodiscard]] Result<> ask_charon();

    service::Loop& loop_;
    Clock clock_;
    std::function<void()> changed_;
    const config::Config* config_ = nullptr;
    std::vector<ConnectionName> watched_;
    std::size_t next_ = 0; ///< which of them is asked for first
    std::string socket_;
    std::optional<ike::Client> client_;
    Monotonic not_before_ = {}; ///< no new attempt to reach charon
    Silence silence_;
    std::set<ConnectionName> silent_;
    service::Loop::Source timer_;
};

} // namespace linkspan::agent
