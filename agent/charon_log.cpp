#include "agent/charon_log.h"

#include <chrono>

namespace linkspan::agent {
namespace {

using namespace std::chrono_literals;

/// More lines than this in a second are a storm (thousands of connections that come up at once): a hint is not worth a
/// part of the core that brings them up.
constexpr std::size_t most_lines = 2000;
constexpr auto pause_after_storm = 10s;
constexpr auto pause_without_charon = 1s;

} // namespace

CharonLog::CharonLog(Loop& loop, Found found) : loop_(loop), found_(std::move(found)) {}

void CharonLog::follow(const std::string& socket)
{
    if (socket == socket_) return;
    socket_ = socket;
    hang_up();
    if (wanted_) connect();
}

void CharonLog::listen(bool wanted)
{
    if (wanted == wanted_) return;
    wanted_ = wanted;
    if (!wanted)
        hang_up();
    else
        connect();
}

void CharonLog::connect()
{
    timer_.reset();
    if (socket_.empty()) return;
    auto log = ike::Log::connect(socket_);
    if (!log) return retry(pause_without_charon);
    log_.emplace(std::move(*log));
    diagnosis_ = {}; // another charon counts its SAs anew
    auto source = loop_.on_readable(log_->fd(), [this] { read(); });
    if (!source) return retry(pause_without_charon);
    readable_ = std::move(*source);
}

void CharonLog::read()
{
    const auto lines = log_->read();
    if (!lines) return retry(pause_without_charon);
    const auto now = std::chrono::steady_clock::now();
    if (now - window_ >= 1s) window_ = now, lines_ = 0;
    lines_ += lines->size();
    for (const auto& line : *lines)
        if (const auto finding = diagnosis_.add(line)) found_(*finding);
    if (lines_ > most_lines) retry(pause_after_storm);
}

void CharonLog::hang_up()
{
    timer_.reset();
    readable_.reset();
    log_.reset();
}

void CharonLog::retry(std::chrono::seconds wait)
{
    hang_up();
    if (auto source = loop_.after(wait, [this] { connect(); })) timer_ = std::move(*source);
}

} // namespace linkspan::agent
