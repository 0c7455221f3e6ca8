#pragma once

#include "agent/rekeying.h"
#include "base/error.h"
#include "ike/orders.h"
#include "service/loop.h"

#include <optional>
#include <string>

namespace linkspan::agent {

/// Has charon give SAs new keys, in the background. One that is gone is a success. Does not move: the loop holds its address.
class Rekeyer {
public:
    explicit Rekeyer(service::Loop& loop) : loop_(loop) {}
    Rekeyer(const Rekeyer&) = delete;
    Rekeyer& operator=(const Rekeyer&) = delete;

    /// Where charon is.
    void follow(const std::string& socket);
    [[nodiscard]] Result<> order(const Rekeying& what);
    /// charon has not taken up all of what was ordered yet.
    [[nodiscard]] bool is_busy() const { return orders_ && orders_->unanswered() > 0; }

private:
    [[nodiscard]] Result<> connect();
    [[nodiscard]] Result<> give(const Rekeying& what);
    void drain();
    void hang_up();

    service::Loop& loop_;
    std::string socket_;
    std::optional<ike::Orders> orders_;
    service::Loop::Source answers_; ///< ends before the connection does
};

} // namespace linkspan::agent
