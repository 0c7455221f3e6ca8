#pragma once

#include "ha/frame.h"
#include "pair/pin_box.h"
#include "pair/plan.h"
#include "pair/session_copier.h"
#include "service/loop.h"

#include <functional>
#include <memory>
#include <span>

namespace linkspan::pair {

/// What goes to the other gateway beside SAs, on the pair's thread: sends what another thread has made ready, and hands on what
/// has come. Never more at once than a heartbeat can wait for.
class Copying {
public:
    using Send = std::function<void(ha::FrameKind, std::span<const std::uint8_t>)>;
    /// Between two ticks; the other gateway's socket holds as many, and heartbeats beside them (link.cpp).
    static constexpr std::size_t frames_per_tick = 64;

    [[nodiscard]] static Result<std::unique_ptr<Copying>> open(const Spec& spec, PinBoxes pins, service::Loop& loop,
                                                               const Clock& clock, Send send);

    ~Copying();
    Copying(const Copying&) = delete;
    Copying& operator=(const Copying&) = delete;

    void follow(const SessionCopier::Standing& standing);
    void tick();
    void take(ha::FlowFrame frame) { sessions_->take(std::move(frame)); }
    void take(const ha::LineFrame& frame);
    [[nodiscard]] SessionsReport sessions() const { return sessions_->report(); }
    [[nodiscard]] PinsReport pins() const;

private:
    Copying(PinBoxes pins, Send send) : pins_(std::move(pins)), send_(std::move(send)) {}
    void send_some();
    void send_pins();

    PinBoxes pins_;
    Send send_;
    ha::Epoch epoch_ = {};
    std::size_t left_ = frames_per_tick; ///< until the next tick
    std::unique_ptr<SessionCopier> sessions_;
    service::Loop::Source ready_; ///< ends before its thread does
    service::Loop::Source pins_ready_;
};

} // namespace linkspan::pair
