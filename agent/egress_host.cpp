#include "agent/egress_host.h"

#include "agent/egress_alarms.h"
#include "agent/egress_doors.h"
#include "agent/egress_why.h"
#include "agent/queue_stat.h"
#include "agent/refusal_entry.h"
#include "nft/egress_spec.h"
#include "service/journal.h"

#include <algorithm>
#include <array>

namespace linkspan::agent {
namespace {

constexpr std::size_t most_listed = 1'000;

std::uint64_t micros(std::chrono::nanoseconds time)
{
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(time).count());
}

bus::EgressReport report_of(const egress::TapReport& tap, const egress::Rules& rules)
{
    constexpr std::array names{"learnt", "malformed", "unasked", "not_listed", "no_address", "kept_out"};
    static_assert(names.size() == egress::outcomes);
    bus::EgressReport report{.mode = rules.discover ? "discover" : "enforce",
                             .pins = tap.counts.pins,
                             .most_pins = rules.limits.pins.total,
                             .open_questions = tap.counts.questions,
                             .streams_waiting = tap.counts.streams,
                             .held = tap.held,
                             .longest_hold = micros(tap.longest_hold),
                             .mean_hold = tap.held == 0 ? 0 : micros(tap.total_hold) / tap.held,
                             .pinned = tap.pinned,
                             .no_room = tap.counts.no_room.count,
                             .set_full = tap.set_full.count,
                             .write_errors = tap.write_errors.count,
                             .refusals = tap.refusals,
                             .refusals_untold = tap.refusals_untold,
                             .names_let = tap.counts.streams_let,
                             .names_refused = tap.counts.streams_refused,
                             .sessions_ended = tap.sessions_ended,
                             .unseen = tap.unseen.count,
                             .queue_dropped = tap.streams_dropped.count,
                             .troubles = tap.troubles};
    for (std::size_t i = 0; i < names.size(); ++i) report.answers[names[i]] = tap.counts.answers[i];
    return report;
}

} // namespace

EgressHost::EgressHost(service::Loop& loop, Clock clock, std::filesystem::path state, pair::PinBoxes pins)
    : loop_(loop), clock_(std::move(clock)), state_(std::move(state)), pins_(std::move(pins))
{
    if (auto source = loop_.on_readable(pins_.theirs->descriptor(), [this] { adopt(); })) told_ = std::move(*source);
}

/// What the other gateway's names have opened there.
void EgressHost::adopt()
{
    const auto lines = pins_.theirs->take(pair::PinBox::most);
    if (tap_ && !lines.empty()) tap_->adopt(lines);
}

void EgressHost::follow(const std::shared_ptr<const egress::Rules>& rules)
{
    rules_ = rules;
    if (!rules) {
        notice_.reset();
        tap_.reset();
        return;
    }
    if (tap_) return tap_->follow(*rules);
    auto doors = doors_of_kernel();
    doors.wants_all = [box = pins_.ours](Monotonic now) { return box->wants_all(now); };
    doors.tell = [box = pins_.ours](std::string_view lines) { box->add(lines); };
    tap_ = std::make_unique<egress::Tap>(settings_of_table(state_ / "egress-pins"), *rules, std::move(doors), clock_);
    if (auto source = loop_.on_readable(tap_->notice_fd(), [this] { log_refusals(); })) notice_ = std::move(*source);
}

void EgressHost::fill(const std::set<std::string>& pin_sets)
{
    if (!tap_ || pin_sets.empty()) return;
    std::vector<std::string> classes;
    for (const auto& pin_class : tap_->ask([](const egress::Inspector& inspector) { return inspector.class_names(); }))
        for (const auto family : {Family::V4, Family::V6})
            if (pin_sets.contains(nft::pin_set(pin_class, family))) classes.push_back(pin_class);
    tap_->fill(classes);
}

std::optional<bus::EgressReport> EgressHost::report() const
{
    if (!tap_) return std::nullopt;
    const auto tap = tap_->report();
    auto report = report_of(tap, *rules_);
    report.alarms = alarms_of(tap, *rules_, clock_.now());
    for (const auto& queue : read_queues())
        if (queue.number == nft::egress_answer_queue) report.queue_waiting = queue.waiting;
    return report;
}

Result<> EgressHost::needs_tap() const
{
    if (tap_) return {};
    return failure(Kind::NotFound, "there is no [egress] in force");
}

Result<bus::EgressLearned> EgressHost::learned(const std::string& filter) const
{
    TRY(needs_tap());
    bus::EgressLearned learned;
    const auto pins = tap_->ask([&, now = clock_.now()](const egress::Inspector& inspector) {
        return inspector.learned(filter, most_listed + 1, now);
    });
    learned.more = pins.size() > most_listed;
    for (const auto& pin : std::span{pins}.first(std::min(pins.size(), most_listed)))
        learned.pins.push_back(pin_of(pin));
    return learned;
}

Result<bus::EgressWhy> EgressHost::why(const bus::EgressQuestion& question) const
{
    TRY(needs_tap());
    return tap_->ask(
        [&, now = clock_.now()](const egress::Inspector& inspector) { return why_of(inspector, question, now); });
}

Result<bus::EgressDiscovered> EgressHost::discovered() const
{
    TRY(needs_tap());
    return tap_->ask([](const egress::Inspector& inspector) {
        bus::EgressDiscovered discovered{.asked = inspector.discovery().questions(),
                                         .left_out = inspector.discovery().left_out()};
        for (const auto& [use, sessions] : inspector.discovery().uses())
            discovered.used.push_back({use.target, protocol_name(use.ip_protocol), use.port, sessions});
        return discovered;
    });
}

bool EgressHost::is_healthy() const
{
    return !tap_ || clock_.now() - tap_->alive() < std::chrono::seconds{30};
}

void EgressHost::log_refusals()
{
    for (const auto& refusal : tap_->take_refusals()) service::log(entry_of(refusal));
}

std::vector<std::string> warnings_of(const bus::EgressReport& report)
{
    std::vector<std::string> warnings;
    for (const auto& alarm : report.alarms) warnings.push_back("egress: " + alarm);
    for (const auto& trouble : report.troubles) warnings.push_back("egress: " + trouble);
    return warnings;
}

} // namespace linkspan::agent
