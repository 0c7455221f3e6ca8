#include "agent/listener.h"

#include "ike/observe.h"

#include <algorithm>

namespace linkspan::agent {
namespace {

/// An answer that does not come is noticed so late at most.
constexpr auto interval = std::chrono::milliseconds{250};
/// Connections asked for at a time, half a millisecond each. Of more than that each is asked for less often.
constexpr std::size_t most_at_once = 32;
/// charon answers at once, or the loop goes on without for a while: shorter where it is only busy.
constexpr auto patience = std::chrono::milliseconds{1000};
constexpr auto retry = std::chrono::seconds{2};
constexpr auto retry_busy = std::chrono::milliseconds{500};

} // namespace

Listener::Listener(service::Loop& loop, Clock clock, std::function<void()> changed)
    : loop_(loop), clock_(std::move(clock)), changed_(std::move(changed))
{
}

void Listener::follow(const config::Config& config)
{
    config_ = &config;
    watched_ = worth_watching(config);
    silence_.keep(watched_);
    next_ = 0;
    if (socket_ != config.ike.socket) client_.reset();
    socket_ = config.ike.socket;
    if (watched_.empty()) {
        timer_.reset();
        client_.reset();
        silent_.clear();
    } else if (!timer_) {
        if (auto timer = loop_.every(interval, [this] { look(); })) timer_ = std::move(*timer);
    }
}

void Listener::look()
{
    if (clock_.now() < not_before_) return;
    if (const auto asked = ask_charon(); !asked) {
        client_.reset();
        const bool busy = asked.error().kind == Kind::Timeout;
        if (!busy) silence_.clear(); // there is no charon
        not_before_ = clock_.now() + (busy ? retry_busy : retry);
        if (busy) return; // nothing was seen, so nothing is concluded
    }
    auto silent = silence_.silent(*config_, clock_.now());
    if (silent == silent_) return;
    silent_ = std::move(silent);
    changed_();
}

Result<> Listener::ask_charon()
{
    if (!client_) {
        auto client = ike::Client::connect(socket_, patience);
        TRY(client);
        client_ = std::move(*client);
    }
    for (std::size_t i = 0; i < std::min(most_at_once, watched_.size()); ++i) {
        const auto& name = watched_[next_++ % watched_.size()];
        const auto sas = observe_sas_of(*client_, name);
        TRY(sas);
        silence_.see(name, *sas, clock_.now());
    }
    return {};
}

} // namespace linkspan::agent
