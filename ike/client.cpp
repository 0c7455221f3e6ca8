#include "ike/client.h"

namespace linkspan::ike {
namespace {

std::unexpected<Error> unexpected_packet(std::string_view command)
{
    return failure(Kind::Protocol, "charon answered " + std::string{command} + " with a packet of another type");
}

Result<Message> answer_of(Packet packet, std::string_view command)
{
    if (packet.type == PacketType::UnknownCommand)
        return failure(Kind::Unsupported, "charon has no command " + std::string{command});
    if (packet.type != PacketType::Response) return unexpected_packet(command);
    return std::move(packet.message);
}

} // namespace

Result<> accepted(const Message& answer, std::string_view command)
{
    if (answer.text("success") == "yes") return {};
    return failure(Kind::Kernel, "charon refused " + std::string{command} + ": " + std::string{answer.text("errmsg")});
}

Result<Client> Client::connect(const std::string& path, std::chrono::milliseconds timeout)
{
    auto socket = Socket::connect(path);
    TRY(socket);
    Client client{std::move(*socket), timeout};
    auto answer = client.call("version");
    TRY(answer);
    client.version_ = std::string{answer->text("daemon")} + " " + std::string{answer->text("version")};
    return client;
}

Result<Message> Client::call(std::string_view command, const Message& request)
{
    const Deadline limit = deadline();
    TRY(socket_.send(PacketType::Request, command, request, limit));
    return answer_to(command, limit);
}

std::vector<Result<Message>> Client::call_all(std::span<const Request> requests)
{
    std::vector<Result<>> sent;
    sent.reserve(requests.size());
    for (const auto& [command, message] : requests)
        sent.push_back(socket_.send(PacketType::Request, command, message, deadline()));
    std::vector<Result<Message>> answers;
    answers.reserve(requests.size());
    for (std::size_t i = 0; i < requests.size(); ++i) {
        if (sent[i])
            answers.push_back(answer_to(requests[i].command, deadline()));
        else
            answers.emplace_back(std::unexpected(std::move(sent[i]).error()));
    }
    return answers;
}

Result<Message> Client::answer_to(std::string_view command, Deadline limit)
{
    for (;;) {
        auto packet = socket_.receive(limit);
        TRY(packet);
        if (packet->type != PacketType::Event) return answer_of(std::move(*packet), command);
    }
}

Result<Message> Client::order(std::string_view command, const Message& request)
{
    auto answer = call(command, request);
    TRY(answer);
    TRY(accepted(*answer, command));
    return answer;
}

Result<> Client::stream(std::string_view command, std::string_view event, const Message& request, const Sink& sink)
{
    TRY(register_for(event));
    TRY(socket_.send(PacketType::Request, command, request, deadline()));
    Result<> outcome;
    for (;;) {
        auto packet = socket_.receive(deadline());
        TRY(packet);
        if (packet->type == PacketType::Event) {
            if (packet->name == event && outcome) outcome = sink(packet->message);
            continue;
        }
        auto answer = answer_of(std::move(*packet), command);
        TRY(answer);
        return outcome;
    }
}

/// charon raises a command's events only to the connection that gave the command, so one registration for the life of
/// the connection serves all its streams.
Result<> Client::register_for(std::string_view event)
{
    if (registered_.contains(event)) return {};
    const Deadline limit = deadline();
    TRY(socket_.send(PacketType::EventRegister, event, {}, limit));
    for (;;) {
        auto packet = socket_.receive(limit);
        TRY(packet);
        if (packet->type == PacketType::Event) continue;
        if (packet->type == PacketType::EventUnknown)
            return failure(Kind::Unsupported, "charon has no event " + std::string{event});
        if (packet->type != PacketType::EventConfirm) return unexpected_packet(event);
        registered_.emplace(event);
        return {};
    }
}

} // namespace linkspan::ike
