#include "ike/orders.h"

#include <chrono>

namespace linkspan::ike {
namespace {

/// For room in the socket, which holds thousands of them.
constexpr std::chrono::seconds patience{1};

} // namespace

Result<Orders> Orders::connect(const std::string& path)
{
    auto socket = Socket::connect(path);
    TRY(socket);
    return Orders{std::move(*socket)};
}

Result<> Orders::give(std::string_view command, const Message& message)
{
    TRY(socket_.send(PacketType::Request, command, message, std::chrono::steady_clock::now() + patience));
    ++unanswered_;
    return {};
}

Result<> Orders::drain()
{
    for (;;) {
        auto packet = socket_.poll();
        TRY(packet);
        if (!*packet) return {};
        if ((*packet)->type != PacketType::Event && unanswered_ > 0) --unanswered_;
    }
}

} // namespace linkspan::ike
