#include "agent/senses.h"

#include "service/journal.h"

#include <algorithm>

namespace linkspan::agent {

Senses::Senses(service::Loop& loop, Clock clock, std::function<void()> news)
    : clock_(std::move(clock)), news_(std::move(news)),
      charon_log_(loop, [this](const ike::Finding& finding) { learn(finding); }), prober_(loop, [this] { news_(); }),
      listener_(loop, clock_, [this] { news_(); }), resolver_(loop, [this] { news_(); })
{
}

void Senses::follow(const config::Config& config)
{
    config_ = &config;
    causes_.clear();
    charon_log_.follow(config.ike.socket);
    charon_log_.listen(true);
    listener_.follow(config);
    resolver_.follow(names_of(config));
}

/// What charon's log tells of a failed negotiation. Only what is new is worth a line, and a look.
void Senses::learn(const ike::Finding& finding)
{
    if (!config_) return;
    const auto connection = causes_.add(finding, *config_, clock_.wall());
    if (!connection) return;
    const auto& cause = finding.cause;
    service::log(
        {.level = service::Entry::Level::Warning,
         .message = std::string{cause.what} + "; " + std::string{cause.advice} + "; charon says: " + cause.said,
         .connection = *connection});
    news_();
}

void Senses::attend(const bus::GatewayReport& report)
{
    const auto is_down = [](const bus::ConnectionReport& c) {
        return c.state == bus::State::Connecting || c.state == bus::State::Waiting || c.state == bus::State::Failed;
    };
    causes_.forget([&](const ConnectionName& name) {
        const auto found = std::ranges::lower_bound(report.connections, name, {}, &bus::ConnectionReport::name);
        return found == report.connections.end() || found->name != name || !is_down(*found);
    });
    charon_log_.look(); // keeps it small, listening or not
    charon_log_.listen(std::ranges::any_of(report.connections, is_down));
}

} // namespace linkspan::agent
