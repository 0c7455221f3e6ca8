#pragma once

#include "agent/causes.h"
#include "agent/charon_log.h"
#include "agent/listener.h"
#include "agent/prober.h"
#include "agent/resolver.h"
#include "bus/report.h"

#include <functional>
#include <map>
#include <set>
#include <string>

namespace linkspan::agent {

/// What the agent learns of its connections besides what the rooms show: why they do not come up, from charon's log, and
/// whether their tunnels carry, from probes and from what their peers leave unanswered. Does not move: the loop holds its address.
class Senses {
public:
    /// `news` is called when there is reason to look at charon again.
    Senses(service::Loop& loop, Clock clock, std::function<void()> news);
    Senses(const Senses&) = delete;
    Senses& operator=(const Senses&) = delete;

    /// Takes a new file, and attends to what it says from now on. What was known of the old one's causes is forgotten.
    /// `config` lives until another is followed.
    void follow(const config::Config& config);
    /// Charon's log is of use only while a connection is not up, and its causes are over when it is.
    void attend(const bus::GatewayReport& report);

    [[nodiscard]] const Causes& causes() const { return causes_; }
    /// The probes to go on with from now on.
    void probe(const std::map<ConnectionName, ProbeSpec>& probes) { prober_.follow(probes); }
    [[nodiscard]] Verdicts verdicts() const { return prober_.verdicts(); }
    /// Connections whose peers do not answer IKE.
    [[nodiscard]] const std::set<ConnectionName>& silent() const { return listener_.silent(); }
    /// The peers that have a name.
    [[nodiscard]] KnownPeers peers() const { return resolver_.known(); }

private:
    void learn(const ike::Finding& finding);

    Clock clock_;
    std::function<void()> news_;
    const config::Config* config_ = nullptr;
    Causes causes_;
    CharonLog charon_log_;
    Prober prober_;
    Listener listener_;
    Resolver resolver_;
};

} // namespace linkspan::agent
