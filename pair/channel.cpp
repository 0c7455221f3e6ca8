#include "pair/channel.h"

#include "ha/heartbeat_codec.h"

namespace linkspan::pair {

Channel::Channel(const Spec& spec, ha::Keyring keys, std::uint64_t boot, service::Loop& loop, Listener listener)
    : keys_(std::move(keys)), head_{.node = spec.settings.self, .boot = boot}, listener_(std::move(listener)),
      link_(loop, spec.self, spec.paths, spec.port,
            [this](std::uint8_t path, std::span<const std::uint8_t> datagram) { take(path, datagram); })
{
}

void Channel::send(const ha::Heartbeat& beat)
{
    send(ha::FrameKind::Heartbeat, ha::encode_heartbeat(beat));
}

void Channel::send(const ha::CounterFrame& frame, ha::FrameKind kind)
{
    const auto bytes = ha::encode(frame);
    send(kind, {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

void Channel::send(ha::FrameKind kind, std::span<const std::uint8_t> payload)
{
    head_.kind = kind;
    ++head_.counter;
    const auto datagram = ha::seal(keys_.sealing(), head_, payload);
    link_.send({reinterpret_cast<const char*>(datagram.data()), datagram.size()});
}

/// The same frame comes by every path, once by each: that tells which of them are alive.
void Channel::take(std::uint8_t path, std::span<const std::uint8_t> datagram)
{
    const auto frame = ha::open(keys_, head_.boot, datagram);
    if (!frame) return reject(frame.error());
    if (!replay_[path % replay_.size()].accept(frame->head.boot, frame->head.counter))
        return reject(ha::Rejection::Replayed);
    if (frame->head.kind == ha::FrameKind::Heartbeat) {
        const auto beat = ha::decode_heartbeat(*frame);
        if (!beat) return reject(beat.error());
        return listener_.heard({path, *beat});
    }
    if (frame->head.node == head_.node || !take(*frame)) reject(ha::Rejection::Malformed);
}

/// False where it is none.
bool Channel::take(const ha::Frame& frame)
{
    if (frame.head.kind == ha::FrameKind::Counters || frame.head.kind == ha::FrameKind::Missing) {
        const auto counters = ha::decode_counter_frame(frame.payload);
        const bool counts = frame.head.kind == ha::FrameKind::Counters;
        if (counters) (counts ? listener_.told : listener_.told_missing)(*counters);
        return counters.has_value();
    }
    if (!copied_.accept(frame.head.boot, frame.head.counter)) return true;
    if (frame.head.kind == ha::FrameKind::Pins) {
        const auto lines = ha::decode_line_frame(frame.payload);
        if (lines) listener_.told_pins(*lines);
        return lines.has_value();
    }
    auto sessions = ha::decode_flow_frame(frame.payload);
    if (sessions) listener_.told_sessions(*std::move(sessions));
    return sessions.has_value();
}

} // namespace linkspan::pair
