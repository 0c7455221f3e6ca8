#include "agent/rekeyer.h"

namespace linkspan::agent {

void Rekeyer::follow(const std::string& socket)
{
    if (socket == socket_) return;
    hang_up();
    socket_ = socket;
}

void Rekeyer::hang_up()
{
    answers_.reset();
    orders_.reset();
}

Result<> Rekeyer::connect()
{
    if (orders_) return {};
    auto orders = ike::Orders::connect(socket_);
    TRY(orders);
    auto answers = loop_.on_readable(orders->fd(), [this] { drain(); });
    TRY(answers);
    orders_ = std::move(*orders);
    answers_ = std::move(*answers);
    return {};
}

Result<> Rekeyer::give(const Rekeying& what)
{
    for (const auto id : what.ikes) TRY(orders_->give("rekey", ike::Message{}.set("ike-id", std::to_string(id))));
    for (const auto id : what.children) TRY(orders_->give("rekey", ike::Message{}.set("child-id", std::to_string(id))));
    return {};
}

Result<> Rekeyer::order(const Rekeying& what)
{
    TRY(connect());
    auto given = give(what);
    if (!given) hang_up();
    return given;
}

void Rekeyer::drain()
{
    if (!orders_->drain()) hang_up();
}

} // namespace linkspan::agent
