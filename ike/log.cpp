#include "ike/log.h"

#include <charconv>
#include <utility>

namespace linkspan::ike {
namespace {

/// What charon calls an IKE_SA of which it does not know the connection yet.
constexpr std::string_view unnamed = "(unnamed)";

LogLine line_of(const Message& message)
{
    LogLine line{.connection = std::string{message.text("ikesa-name")}, .text = std::string{message.text("msg")}};
    if (line.connection == unnamed) line.connection.clear();
    const auto id = message.text("ikesa-uniqueid");
    (void)std::from_chars(id.data(), id.data() + id.size(), line.unique_id);
    return line;
}

} // namespace

Result<Log> Log::connect(const std::string& path, std::chrono::milliseconds timeout)
{
    auto socket = Socket::connect(path);
    TRY(socket);
    Log log{std::move(*socket)};
    const Deadline limit = std::chrono::steady_clock::now() + timeout;
    TRY(log.socket_.send(PacketType::EventRegister, "log", {}, limit));
    for (;;) {
        auto packet = log.socket_.receive(limit);
        TRY(packet);
        if (packet->type == PacketType::EventConfirm) return log;
        if (packet->type != PacketType::Event) return failure(Kind::Unsupported, "charon has no event log");
        log.early_.push_back(line_of(packet->message));
    }
}

Result<std::vector<LogLine>> Log::read()
{
    auto lines = std::exchange(early_, {});
    for (;;) {
        auto packet = socket_.poll();
        TRY(packet);
        if (!*packet) return lines;
        if ((*packet)->type == PacketType::Event) lines.push_back(line_of((*packet)->message));
    }
}

} // namespace linkspan::ike
