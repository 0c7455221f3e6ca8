#pragma once

#include "base/error.h"
#include "ike/message.h"
#include "ike/socket.h"

#include <chrono>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace linkspan::ike {

struct Request {
    std::string_view command = {};
    Message message = {};
};

/// An answer of `success = no` is an Error of Kind::Kernel with charon's own message.
[[nodiscard]] Result<> accepted(const Message& answer, std::string_view command);

/// Commands to charon: each call sends a request, or several, and waits for the answers. A failure of the connection
/// (Kind::Timeout, Disconnected, Protocol) closes it for good; make a new Client then. One thread.
class Client {
public:
    using Sink = std::function<Result<>(const Message&)>;

    static constexpr std::chrono::milliseconds default_timeout{5000}; ///< for each answer, not for a whole stream

    /// Connects and asks for the version, which proves that charon answers.
    [[nodiscard]] static Result<Client> connect(const std::string& path,
                                                std::chrono::milliseconds timeout = default_timeout);

    /// The answer as it came. Kind::Unsupported where charon has no such command.
    [[nodiscard]] Result<Message> call(std::string_view command, const Message& request = {});
    /// As a `call` of each, but all are sent before the first answer is waited for. charon takes them one after the
    /// other, and does not wait for us in between: that matters where there are thousands.
    [[nodiscard]] std::vector<Result<Message>> call_all(std::span<const Request> requests);
    /// As `call`, and the answer is `accepted`.
    [[nodiscard]] Result<Message> order(std::string_view command, const Message& request);
    /// Hands every event that belongs to the command to `sink`, in order. The first error of `sink` is answered after
    /// the stream has been read to its end, so the connection stays good.
    [[nodiscard]] Result<> stream(std::string_view command, std::string_view event, const Message& request,
                                  const Sink& sink);

    /// For each answer from now on. charon is slow to answer while hundreds of negotiations are under way: what it begins
    /// for us waits for each that it is just working on.
    void be_patient(std::chrono::milliseconds timeout) { timeout_ = timeout; }

    [[nodiscard]] bool connected() const { return socket_.fd() >= 0; }
    [[nodiscard]] const std::string& version() const { return version_; } ///< "charon 5.9.8"

private:
    Client(Socket socket, std::chrono::milliseconds timeout) : socket_(std::move(socket)), timeout_(timeout) {}
    [[nodiscard]] Deadline deadline() const { return std::chrono::steady_clock::now() + timeout_; }
    [[nodiscard]] Result<Message> answer_to(std::string_view command, Deadline limit);
    [[nodiscard]] Result<> register_for(std::string_view event);

    Socket socket_;
    std::chrono::milliseconds timeout_;
    std::string version_;
    std::set<std::string, std::less<>> registered_;
};

} // namespace linkspan::ike
