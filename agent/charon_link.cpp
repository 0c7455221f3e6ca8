#include "agent/charon_link.h"

#include <chrono>

namespace linkspan::agent {

CharonLink::CharonLink(service::Loop& loop, std::function<void()> look, std::function<void()> gone)
    : loop_(loop), look_(std::move(look)), gone_(std::move(gone))
{
}

void CharonLink::follow(const std::string& socket)
{
    if (socket == socket_) return;
    socket_ = socket;
    readable_.reset();
    events_.reset();
    connect();
}

void CharonLink::connect()
{
    timer_.reset();
    auto events = ike::Events::connect(socket_);
    if (!events) return retry();
    events_.emplace(std::move(*events));
    auto source = loop_.on_readable(events_->fd(), [this] { drain(); });
    if (!source) return retry();
    readable_ = std::move(*source);
    look_();
}

void CharonLink::drain()
{
    const auto drained = events_->drain();
    if (!drained) {
        readable_.reset();
        events_.reset();
        retry();
        gone_();
    }
    if (!drained || *drained) look_();
}

void CharonLink::retry()
{
    if (auto source = loop_.after(std::chrono::seconds{1}, [this] { connect(); })) timer_ = std::move(*source);
}

} // namespace linkspan::agent
