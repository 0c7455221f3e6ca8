#include "pair/copying.h"

#include "nft/egress_spec.h"

#include <algorithm>

namespace linkspan::pair {
namespace {

/// Bytes of lines that are in one frame at least: what is left of one has no room for the next line, of a client, an address, a
/// name and a number.
constexpr std::size_t lines_per_frame = ha::largest_payload - 8 - 400;

std::vector<std::string> lines_of(std::string_view text)
{
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto size = std::min(text.find('\n'), text.size() - 1) + 1;
        lines.emplace_back(text.substr(0, size));
        text.remove_prefix(size);
    }
    return lines;
}

} // namespace

Result<std::unique_ptr<Copying>> Copying::open(const Spec& spec, PinBoxes pins, service::Loop& loop, const Clock& clock,
                                               Send send)
{
    std::unique_ptr<Copying> copying{new Copying{std::move(pins), std::move(send)}};
    auto sessions = SessionCopier::start({nft::egress_mark_mask, fenced(spec)}, clock);
    TRY(sessions);
    copying->sessions_ = std::move(*sessions);
    const auto ready = [self = copying.get()] { self->send_some(); };
    auto with_sessions = loop.on_readable(copying->sessions_->descriptor(), ready);
    TRY(with_sessions);
    copying->ready_ = std::move(*with_sessions);
    auto with_pins = loop.on_readable(copying->pins_.ours->descriptor(), ready);
    TRY(with_pins);
    copying->pins_ready_ = std::move(*with_pins);
    return copying;
}

Copying::~Copying()
{
    pins_.ours->want(false);
}

void Copying::follow(const SessionCopier::Standing& standing)
{
    epoch_ = standing.epoch;
    pins_.ours->want(standing.carries && standing.heard);
    pins_.theirs->want(!standing.carries);
    sessions_->follow(standing);
}

void Copying::tick()
{
    left_ = frames_per_tick;
    send_some();
}

void Copying::take(const ha::LineFrame& frame)
{
    pins_.theirs->add(frame.lines);
}

PinsReport Copying::pins() const
{
    return {pins_.ours->waiting() + pins_.theirs->waiting(), pins_.ours->left_out() + pins_.theirs->left_out()};
}

/// A name that has just opened an address goes before sessions, but leaves them half of the room.
void Copying::send_some()
{
    send_pins();
    const auto frames = sessions_->frames(left_);
    left_ -= frames.size();
    for (const auto& frame : frames) send_(ha::FrameKind::Sessions, frame);
}

void Copying::send_pins()
{
    constexpr auto kept = frames_per_tick / 2;
    if (left_ <= kept) return pins_.ours->rest();
    const auto lines = lines_of(pins_.ours->take((left_ - kept) * lines_per_frame));
    const auto frames = ha::line_frames(epoch_, lines);
    left_ -= std::min(left_, frames.size());
    for (const auto& frame : frames) send_(ha::FrameKind::Pins, frame);
}

} // namespace linkspan::pair
