#pragma once

#include "agent/causes.h"
#include "agent/reconciler.h"
#include "bus/report.h"

#include <map>
#include <optional>

namespace linkspan::agent {

/// What has to be remembered about a connection to tell a person, and cannot be seen by looking.
struct Memory {
    bus::State state = bus::State::Connecting;
    WallTime since = {};
    std::optional<bus::LastError> last_error = {};
    std::optional<bus::LastError> last_repair = {};
};

/// The connections' memories. Kept up to date after every reconciliation.
class Memories {
public:
    /// Notes the present states; a state that is new gets `now` as its beginning.
    void update(const Reconciler& reconciler, WallTime now);
    void error(const ConnectionName& connection, const std::string& what, WallTime now);
    void repair(const ConnectionName& connection, const std::string& what, WallTime now);
    [[nodiscard]] const Memory* find(const ConnectionName& connection) const;

private:
    std::map<ConnectionName, Memory> memories_;
};

/// The state of one connection, derived and never stored: from its SAs, its troubles and what a person asked for.
[[nodiscard]] bus::State state_of(const config::Connection& connection, const Reconciler& reconciler,
                                  const std::vector<bus::Unsynced>& unsynced);

/// The part of the report that the reconciler knows: connections, IKE, what is not in sync, warnings; and why charon says
/// a connection does not come up.
[[nodiscard]] bus::GatewayReport report_of(const Reconciler& reconciler, const Memories& memories, const Causes& causes,
                                           Monotonic now);

/// One line of a plan, or of what was done.
[[nodiscard]] bus::StepReport report_of(const Step& step);
[[nodiscard]] std::vector<bus::StepReport> reports_of(const std::vector<Step>& steps);

} // namespace linkspan::agent
