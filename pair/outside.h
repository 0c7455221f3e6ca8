#pragma once

#include "base/clock.h"
#include "pair/aside.h"
#include "pair/outside_settings.h"
#include "service/loop.h"
#include "takeover/request.h"

#include <functional>
#include <memory>

namespace linkspan::pair {

/// What this gateway asks of others, each on a thread of its own (docs/adr/0048-what-is-done-outside.md). Answers come on
/// the caller's loop.
class Outside {
public:
    struct Listener {
        std::function<void(const takeover::Report&)> moved = {};
    };
    [[nodiscard]] static Result<std::unique_ptr<Outside>> open(const OutsideSpec& spec, service::Loop& loop,
                                                               const Clock& clock, Listener listener);

    /// False: the addresses move by announcements alone.
    [[nodiscard]] bool moves() const { return mover_ != nullptr; }
    /// Answered by Listener::moved, any number of times.
    void move(const takeover::Request& request) { mover_->ask(request); }

private:
    using Mover = Aside<takeover::Request, takeover::Report>;

    explicit Outside(Listener listener) : listener_(std::move(listener)) {}

    Listener listener_;
    std::unique_ptr<Mover> mover_;
    service::Loop::Source moved_; ///< ends before its thread does
};

} // namespace linkspan::pair
