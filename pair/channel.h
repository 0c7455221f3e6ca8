#pragma once

#include "ha/copy_frame.h"
#include "ha/counter_frame.h"
#include "ha/event.h"
#include "ha/frame.h"
#include "ha/keyring.h"
#include "ha/replay.h"
#include "pair/link.h"
#include "pair/plan.h"

#include <array>
#include <cstdint>
#include <functional>

namespace linkspan::pair {

/// What the two gateways say to each other, sealed and read once.
class Channel {
public:
    struct Listener {
        std::function<void(ha::Heard)> heard = {};
        std::function<void(const ha::CounterFrame&)> told = {};
        std::function<void(const ha::CounterFrame&)> told_missing = {}; ///< its numbers say nothing
        std::function<void(ha::FlowFrame)> told_sessions = {};
        std::function<void(const ha::LineFrame&)> told_pins = {};
    };
    /// `boot`: random, of this start.
    Channel(const Spec& spec, ha::Keyring keys, std::uint64_t boot, service::Loop& loop, Listener listener);

    void send(const ha::Heartbeat& beat);
    /// `kind`: Counters or Missing.
    void send(const ha::CounterFrame& frame, ha::FrameKind kind = ha::FrameKind::Counters);
    void send(ha::FrameKind kind, std::span<const std::uint8_t> payload);
    /// Takes in what has come by now.
    void listen() { link_.listen(); }

    /// Datagrams that were not taken, by ha::Rejection.
    [[nodiscard]] const std::array<std::uint64_t, ha::rejections>& rejected() const { return rejected_; }

private:
    void take(std::uint8_t path, std::span<const std::uint8_t> datagram);
    [[nodiscard]] bool take(const ha::Frame& frame);
    void reject(ha::Rejection why) { ++rejected_[static_cast<std::size_t>(why)]; }

    ha::Keyring keys_;
    ha::FrameHead head_;
    std::array<ha::Replay, 2> replay_; ///< one a path: each frame comes by both
    ha::Replay copied_;                ///< of what is worth taking once
    Listener listener_;
    std::array<std::uint64_t, ha::rejections> rejected_{};
    Link link_; ///< last: it calls back from its first moment on
};

} // namespace linkspan::pair
