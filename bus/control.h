#pragma once

#include "base/error.h"
#include "bus/report.h"
#include "pair/report.h"

namespace linkspan::bus {

/// What can be asked of the agent. The bus is an adapter to this and knows nothing else of the agent.
/// All calls run on the loop's thread and return when the work is done; none takes longer than the kernel and charon do.
/// An Error of Kind::Config carries the complete, printable diagnostics of the files.
class Control {
public:
    virtual ~Control() = default;

    [[nodiscard]] virtual GatewayReport status() = 0;
    /// Reads the files anew and answers what `apply` would change; changes nothing. `file` empty: the agent's own.
    [[nodiscard]] virtual Result<PlanReport> plan(const std::string& file) = 0;
    /// Reads the agent's files anew and makes the kernel match, now. Bad files change nothing.
    [[nodiscard]] virtual Result<ApplyReport> apply() = 0;
    /// As `apply`, but returns once the files are accepted; the loop does the rest.
    [[nodiscard]] virtual Result<> reload() = 0;
    /// Lifts a `down` and initiates. NotFound: no such connection (with a suggestion).
    [[nodiscard]] virtual Result<> up(const ConnectionName& name) = 0;
    /// Ends the connection's SAs and negotiates anew; no other connection is touched. Config: it is held down.
    [[nodiscard]] virtual Result<> restart(const ConnectionName& name) = 0;
    /// Terminates and holds down until `up`; the policies stay, so nothing leaks.
    [[nodiscard]] virtual Result<> down(const ConnectionName& name) = 0;

    /// Addresses that names have opened; `filter`: part of a name or an address, or empty.
    [[nodiscard]] virtual Result<EgressLearned> egress_learned(const std::string& filter) = 0;
    /// What becomes of what `question` is about, and by whose word.
    [[nodiscard]] virtual Result<EgressWhy> egress_why(const EgressQuestion& question) = 0;
    /// What discovery mode has seen.
    [[nodiscard]] virtual Result<EgressDiscovered> egress_discovered() = 0;
    /// The two gateways with one address. Config: this gateway is not one of a pair, or its pair does not run.
    [[nodiscard]] virtual Result<pair::Report> pair() = 0;
    /// What a person asks of the pair: pair/order.h. Returns when it is begun; Busy: refused as things are.
    [[nodiscard]] virtual Result<> order_pair(const std::string& order) = 0;
};

} // namespace linkspan::bus
