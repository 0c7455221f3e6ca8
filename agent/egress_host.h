#pragma once

#include "bus/report.h"
#include "egress/tap.h"
#include "pair/pin_box.h"
#include "service/loop.h"

#include <filesystem>
#include <memory>
#include <set>
#include <string>

namespace linkspan::agent {

/// The tap, while the file wants one, and what it tells: refusals for the journal, answers for people.
class EgressHost {
public:
    /// `pins`: of the pair that this gateway may be one of.
    EgressHost(service::Loop& loop, Clock clock, std::filesystem::path state, pair::PinBoxes pins);

    /// Starts it, has it go by these rules, or ends it; returns when no pin stands that they do not allow.
    void follow(const std::shared_ptr<const egress::Rules>& rules);
    /// Writes its pins into sets that are new.
    void fill(const std::set<std::string>& pin_sets);

    [[nodiscard]] std::optional<bus::EgressReport> report() const;
    [[nodiscard]] Result<bus::EgressLearned> learned(const std::string& filter) const;
    [[nodiscard]] Result<bus::EgressWhy> why(const bus::EgressQuestion& question) const;
    [[nodiscard]] Result<bus::EgressDiscovered> discovered() const;
    /// False where it has not gone round for half a minute.
    [[nodiscard]] bool is_healthy() const;

private:
    [[nodiscard]] Result<> needs_tap() const;
    void log_refusals();
    void adopt();

    service::Loop& loop_;
    Clock clock_;
    std::filesystem::path state_;
    std::shared_ptr<const egress::Rules> rules_;
    std::unique_ptr<egress::Tap> tap_;
    pair::PinBoxes pins_;
    service::Loop::Source notice_;
    service::Loop::Source told_;
};

/// Alarms, and what stands in the way, for the list of warnings.
[[nodiscard]] std::vector<std::string> warnings_of(const bus::EgressReport& report);

} // namespace linkspan::agent
