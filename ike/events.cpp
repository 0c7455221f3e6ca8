#include "ike/events.h"

#include <array>
#include <string_view>
#include <utility>

namespace linkspan::ike {
namespace {

/// The updown events alone miss rekeying: a rekeyed IKE_SA gets a new unique id without going down.
constexpr std::array<std::string_view, 5> watched{"ike-updown", "ike-rekey", "ike-update", "child-updown",
                                                  "child-rekey"};

} // namespace

Result<Events> Events::connect(const std::string& path, std::chrono::milliseconds timeout)
{
    auto socket = Socket::connect(path);
    TRY(socket);
    Events events{std::move(*socket)};
    const Deadline limit = std::chrono::steady_clock::now() + timeout;
    for (std::string_view name : watched) {
        TRY(events.socket_.send(PacketType::EventRegister, name, {}, limit));
        for (;;) {
            auto packet = events.socket_.receive(limit);
            TRY(packet);
            if (packet->type == PacketType::EventConfirm) break;
            if (packet->type != PacketType::Event)
                return failure(Kind::Unsupported, "charon has no event " + std::string{name});
            events.early_ = true;
        }
    }
    return events;
}

Result<bool> Events::drain()
{
    bool any = std::exchange(early_, false);
    for (;;) {
        auto packet = socket_.poll();
        TRY(packet);
        if (!*packet) return any;
        any = any || (*packet)->type == PacketType::Event;
    }
}

} // namespace linkspan::ike
