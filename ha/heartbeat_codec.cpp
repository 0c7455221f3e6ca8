#include "ha/heartbeat_codec.h"

#include "ha/wire.h"

namespace linkspan::ha {
namespace {

enum Flag : std::uint8_t { fit = 1, eligible = 2, hand_over = 4, wants = 8, lacks = 16 };

std::uint64_t encode(Monotonic at)
{
    return static_cast<std::uint64_t>(at.time_since_epoch().count());
}

Monotonic decode(std::uint64_t at)
{
    return Monotonic{std::chrono::nanoseconds{static_cast<std::int64_t>(at & 0x7fff'ffff'ffff'ffff)}};
}

std::uint8_t flags_of(const Heartbeat& beat)
{
    return static_cast<std::uint8_t>((beat.health.fit ? fit : 0) | (beat.eligible ? eligible : 0) |
                                     (beat.hand_over ? hand_over : 0) | (beat.wants ? wants : 0) |
                                     (beat.replication.lacks ? lacks : 0));
}

} // namespace

std::vector<std::uint8_t> encode_heartbeat(const Heartbeat& beat)
{
    WireWriter out;
    out.put(beat.version);
    out.put(static_cast<std::uint8_t>(beat.role));
    out.put(flags_of(beat));
    out.put(beat.epoch.value);
    out.put(encode(beat.sent));
    out.put(beat.echo_boot);
    out.put(encode(beat.echo));
    out.put(beat.health.reasons);
    for (const auto digest : beat.config) out.put(digest);
    out.put(beat.replication.sas);
    out.put(beat.replication.spis);
    out.put(beat.replication.counters_age);
    out.put(beat.hears);
    return out.take();
}

std::expected<Heartbeat, Rejection> decode_heartbeat(const Frame& frame)
{
    WireReader in{frame.payload};
    Heartbeat beat;
    beat.node = frame.head.node;
    beat.boot = frame.head.boot;
    beat.version = in.get<std::uint16_t>();
    const auto role = in.get<std::uint8_t>();
    const auto flags = in.get<std::uint8_t>();
    beat.epoch = {in.get<std::uint64_t>()};
    beat.sent = decode(in.get<std::uint64_t>());
    beat.echo_boot = in.get<std::uint64_t>();
    beat.echo = decode(in.get<std::uint64_t>());
    beat.health = {(flags & fit) != 0, in.get<std::uint32_t>()};
    for (auto& digest : beat.config) digest = in.get<std::uint64_t>();
    beat.replication.sas = in.get<std::uint32_t>();
    beat.replication.spis = in.get<std::uint64_t>();
    beat.replication.counters_age = in.get<std::uint32_t>();
    beat.hears = in.get<std::uint8_t>();
    if (frame.head.kind != FrameKind::Heartbeat || !in.good() || beat.boot == 0 ||
        role > static_cast<std::uint8_t>(Role::Maint))
        return std::unexpected(Rejection::Malformed);
    beat.role = static_cast<Role>(role);
    beat.eligible = (flags & eligible) != 0;
    beat.hand_over = (flags & hand_over) != 0;
    beat.wants = (flags & wants) != 0;
    beat.replication.lacks = (flags & lacks) != 0;
    return beat;
}

} // namespace linkspan::ha
