#pragma once

#include "takeover/driver.h"
#include "takeover/exec_plan.h"
#include "takeover/readiness.h"

#include <functional>
#include <memory>
#include <string>
#include <sys/types.h>

namespace linkspan::takeover {

/// Runs the hook: a process group of its own, nothing of the agent's but an environment made for it, its output read
/// and bounded. Whatever of the group is left at the end of a run is killed. Destroying the driver kills a run.
class ExecDriver final : public Driver {
public:
    [[nodiscard]] static Result<std::unique_ptr<ExecDriver>> open(ExecSpec spec, std::function<Monotonic()> now);
    ~ExecDriver() override;

    [[nodiscard]] int descriptor() const override { return readiness_.descriptor(); }
    void ask(const Request& request) override;
    [[nodiscard]] std::vector<Report> process() override;

private:
    ExecDriver(ExecSpec spec, std::function<Monotonic()> now, Readiness readiness)
        : spec_(std::move(spec)), now_(std::move(now)), readiness_(std::move(readiness))
    {
    }
    void put_in(const ExecEvent& event);
    void carry_out(const StartRun& start);
    void carry_out(const EndRun& end);
    void carry_out(const Report& report) { reports_.push_back(report); }
    [[nodiscard]] Result<> spawn(const StartRun& start);
    void read_output();
    /// The run's problem, or empty; nothing while it goes on.
    [[nodiscard]] std::optional<std::string> reap();
    void close_run();

    ExecSpec spec_;
    std::function<Monotonic()> now_;
    Readiness readiness_;
    ExecState state_ = {};
    std::vector<Report> reports_ = {};
    pid_t pid_ = -1;
    Fd process_ = {}; ///< pidfd
    Fd pipe_ = {};
    std::string output_ = {};
};

} // namespace linkspan::takeover
