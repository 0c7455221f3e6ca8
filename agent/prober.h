#pragma once

#include "agent/desired.h"
#include "agent/probe.h"
#include "base/fd.h"
#include "service/loop.h"

#include <functional>
#include <map>

namespace linkspan::agent {

/// Asks through every tunnel that has a probe whether its far end answers, and tells when that changes. Each probe has one
/// timer, and a raw socket that asks and hears through this tunnel and no other: it is bound to the tunnel's link, or, in
/// policy mode, has a policy of its own, which names the tunnel's SAs, and looks at the mark of the tunnel that an answer
/// came by. Where a socket cannot be had or used (the link is not there yet), the request counts as not answered, and the
/// next interval tries again.
class Prober {
public:
    Prober(service::Loop& loop, std::function<void()> changed) : loop_(loop), changed_(std::move(changed)) {}

    /// A probe that asks the same as before keeps what it knows, whichever way it goes now.
    void follow(const std::map<ConnectionName, ProbeSpec>& probes);

    [[nodiscard]] Verdicts verdicts() const;

private:
    struct Probing {
        ProbeSpec spec = {};
        ProbeState state = {};
        Fd socket = {};
        service::Loop::Source readable = {}; ///< ends before the socket does
        service::Loop::Source timer = {};
    };
    [[nodiscard]] Result<> open(Probing& probing);
    void close(Probing& probing);
    void ask(Probing& probing);
    void listen(Probing& probing);
    void take(Probing& probing, const ProbeState& state);

    service::Loop& loop_;
    std::function<void()> changed_;
    std::map<ConnectionName, Probing> probes_;
};

} // namespace linkspan::agent
