#pragma once

#include "agent/probe.h"
#include "base/fd.h"
#include "config/config.h"
#include "service/loop.h"

#include <functional>
#include <map>
#include <optional>
#include <set>

namespace linkspan::agent {

/// Asks through every tunnel that has a probe whether its far end answers, and tells when that changes. Each probe has a
/// raw socket bound to its tunnel's link, so it asks through this tunnel and no other, and one timer. Where a socket
/// cannot be had or used (the link is not there yet), the request counts as not answered, and the next interval tries
/// again.
class Prober {
public:
    Prober(service::Loop& loop, std::function<void()> changed) : loop_(loop), changed_(std::move(changed)) {}

    /// Probes of unchanged connections keep what they know.
    void follow(const config::Config& config);

    [[nodiscard]] std::set<ConnectionName> lost() const;
    /// Nothing for a connection without a probe.
    [[nodiscard]] std::optional<ProbeState::Verdict> verdict(const ConnectionName& name) const;

private:
    struct Settings {
        config::Probe probe = {};
        LinkName device = {};
        std::optional<IpAddress> source = {};
        bool operator==(const Settings&) const = default;
    };
    struct Probing {
        Settings settings = {};
        ProbeState state = {};
        std::uint16_t identifier = 0;
        Fd socket = {};
        service::Loop::Source readable = {}; ///< ends before the socket does
        service::Loop::Source timer = {};
    };
    [[nodiscard]] static std::optional<Settings> settings_of(const config::Connection& connection);
    [[nodiscard]] Result<> open(Probing& probing);
    void ask(Probing& probing);
    void listen(Probing& probing);
    void take(Probing& probing, const ProbeState& state);

    service::Loop& loop_;
    std::function<void()> changed_;
    std::map<ConnectionName, Probing> probes_;
};

} // namespace linkspan::agent
