#include "pair/copying.h"

#include "nft/egress_spec.h"

namespace linkspan::pair {

Result<std::unique_ptr<Copying>> Copying::open(const Spec& spec, service::Loop& loop, const Clock& clock, Send send)
{
    std::unique_ptr<Copying> copying{new Copying{std::move(send)}};
    auto sessions = SessionCopier::start({nft::egress_mark_mask, fenced(spec)}, clock);
    TRY(sessions);
    copying->sessions_ = std::move(*sessions);
    auto ready = loop.on_readable(copying->sessions_->descriptor(), [self = copying.get()] { self->send_some(); });
    TRY(ready);
    copying->ready_ = std::move(*ready);
    return copying;
}

void Copying::follow(const SessionCopier::Standing& standing)
{
    sessions_->follow(standing);
}

void Copying::tick()
{
    left_ = frames_per_tick;
    send_some();
}

void Copying::send_some()
{
    const auto frames = sessions_->frames(left_);
    left_ -= frames.size();
    for (const auto& frame : frames) send_(ha::FrameKind::Sessions, frame);
}

} // namespace linkspan::pair
