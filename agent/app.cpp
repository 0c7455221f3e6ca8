#include "agent/app.h"

#include "agent/accepted.h"
#include "agent/heap.h"
#include "agent/held.h"
#include "agent/nat_counters.h"
#include "service/journal.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdio>

namespace linkspan::agent {
namespace {

constexpr auto audit_interval = std::chrono::seconds{30};
constexpr auto bus_retry = std::chrono::seconds{10};
constexpr std::chrono::seconds longest_pause{10};

} // namespace

App::App(Options options, service::Loop& loop, KernelWorld world, Clock clock)
    : options_(std::move(options)), loop_(loop), world_(std::move(world)), clock_(clock),
      reconciler_(world_, clock, observer()),
      charon_(
          loop, [this] { dirty(static_cast<Rooms>(Room::Ike)); }, [this] { charon_gone(); }),
      pair_(options_, loop, clock,
            {[this] { pair_changed(); }, [this] { renewal_.begin(); },
             [this](std::set<xfrm::StateKey> missing) { copies_missing(std::move(missing)); },
             [this] { dirty(static_cast<Rooms>(Room::Ike)); }}),
      egress_(loop, clock, options_.state, pair_.pins()), rekeyer_(loop),
      renewal_(
          loop, rekeyer_, [this] { return children_to_renew(); }, [this] { return pair_.role() == PairRole::Active; }),
      senses_(loop, clock, [this] { sensed(); }),
      watch_([this](Rooms rooms) { dirty(rooms); },
             [] {
                 service::log(service::Entry::Level::Notice,
                              "the kernel dropped notifications; everything is read again");
             }),
      bus_(*this, loop)
{
    if (options_.oneshot) return;
    world_.on_new_pin_sets([this](const std::set<std::string>& fresh) {
        egress_.follow(reconciler_.desired().tap);
        egress_.fill(fresh);
    });
}

Result<> App::start()
{
    TRY(watch_.start(loop_));
    const auto on = [this](int signal, service::Loop::Callback action) {
        if (auto source = loop_.on_signal(signal, std::move(action))) signals_.push_back(std::move(*source));
    };
    on(SIGHUP, [this] { hang_up(); });
    for (const int signal : {SIGTERM, SIGINT}) on(signal, [this] { stop(); });
    reconciler_.hold(load_held(options_.held_directory()));
    if (const auto files = read(); !files) {
        const bool found = fall_back();
        service::log(service::Entry::Level::Error, (found ? "the files that were last accepted are in force:\n"
                                                          : "nothing is managed until the files are mended:\n") +
                                                       files.error().what);
    }
    reconcile(all_rooms, false);
    TRY(bus_.serve(options_.socket));
    join_bus();
    auto watchdog =
        loop_.feed_watchdog([this] { return clock_.now() - last_audit_ < 4 * audit_interval && egress_.is_healthy(); });
    TRY(watchdog);
    watchdog_ = std::move(*watchdog);
    arm_timers();
    service::notify_systemd("READY=1");
    return {};
}

int App::once()
{
    reconciler_.hold(load_held(options_.held_directory()));
    const auto report = apply();
    if (!report) {
        std::fprintf(stderr, "%s\n", report.error().what.c_str());
        return 1;
    }
    for (const auto& unsynced : report->unsynced)
        std::fprintf(stderr, "not in sync: %s: %s\n", unsynced.object.c_str(), unsynced.why.c_str());
    return report->unsynced.empty() ? 0 : 1;
}

/// The journal's and the memories' view of what happens.
Observer App::observer()
{
    return {
        .done =
            [this](const Step& step, bool repaired) {
                const auto text = (repaired ? "repaired: " : "") + describe(step);
                service::log({.level = repaired          ? service::Entry::Level::Notice
                                       : is_upkeep(step) ? service::Entry::Level::Debug
                                                         : service::Entry::Level::Info,
                              .message = text,
                              .connection = step.connection,
                              .object = step.object});
                if (repaired) memories_.repair(step.connection, describe(step), clock_.wall());
            },
        .failed =
            [this](const Step& step, const Error& error) {
                service::log({.level = service::Entry::Level::Error,
                              .message = "cannot " + describe(step) + ": " + error.what,
                              .connection = step.connection,
                              .object = step.object,
                              .sys = error.sys});
                memories_.error(step.connection, step.object + ": " + error.what, clock_.wall());
            },
        .troubled =
            [this](const Subject& subject, const std::string& why) {
                service::log({.level = service::Entry::Level::Warning,
                              .message = subject.object + ": " + why,
                              .connection = subject.connection,
                              .object = subject.object});
                memories_.error(subject.connection, subject.object + ": " + why, clock_.wall());
            },
        .resolved =
            [](const Subject& subject) {
                service::log({.level = service::Entry::Level::Notice,
                              .message = subject.object + " is in order again",
                              .connection = subject.connection,
                              .object = subject.object});
            },
        .switched =
            [](const ConnectionName& primary, bool to_backup) {
                service::log({.level = service::Entry::Level::Warning,
                              .message = to_backup
                                             ? "the backup of " + primary.value + " carries its traffic from now on"
                                             : primary.value + " carries its traffic itself again",
                              .connection = primary});
            },
    };
}

/// Reads the files and hands good ones on. Bad ones are remembered as the reason why the old ones stay in force.
Result<> App::read()
{
    auto files = read_files(options_.config, options_.credentials);
    if (!files) {
        config_error_ = files.error().what;
        return std::unexpected(std::move(files).error());
    }
    config_error_.clear();
    if (const auto kept = keep_accepted(options_.accepted_directory(), files->sources); !kept)
        service::log({.level = service::Entry::Level::Warning, .message = kept.error().what, .sys = kept.error().sys});
    take(std::move(*files));
    return {};
}

/// At the start, with bad files: the last good ones. `config_error_` keeps saying what is wrong with the newest.
bool App::fall_back()
{
    auto files = read_files(accepted_main(options_.accepted_directory()), options_.credentials);
    if (!files) return false;
    take(std::move(*files));
    return true;
}

void App::take(Files files)
{
    file_names_.clear();
    for (const auto& source : files.sources) file_names_.push_back(source.path);
    file_warnings_ = std::move(files.warnings);
    loaded_ = clock_.wall();
    world_.use_ike_socket(files.config.ike.socket);
    reconciler_.load(std::move(files.config), files.secrets);
    if (options_.oneshot) return;
    const auto& config = *reconciler_.config();
    charon_.follow(config.ike.socket);
    rekeyer_.follow(config.ike.socket);
    pair_.follow(config, files.sources, files.secrets);
    reconciler_.tell_pair(pair_.role());
    senses_.follow(config);
    tell_senses();
}

bus::GatewayReport App::full_report(Monotonic now)
{
    auto report = report_of(reconciler_, memories_, senses_.causes(), now);
    report.files = file_names_;
    report.loaded = loaded_;
    report.config_error = config_error_;
    report.in_sync = report.in_sync && config_error_.empty();
    report.ike.since = ike_since_;
    report.warnings.insert(report.warnings.begin(), file_warnings_.begin(), file_warnings_.end());
    if (!pair_.problem().empty())
        report.warnings.push_back("this gateway is one of a pair that does not run: " + pair_.problem());
    for (auto& warning : pair_.warnings()) report.warnings.push_back(std::move(warning));
    read_nat_counters(world_.netfilter(), report);
    report.egress = egress_.report();
    if (report.egress) std::ranges::copy(warnings_of(*report.egress), std::back_inserter(report.warnings));
    return report;
}

void App::dirty(Rooms rooms)
{
    dirty_ |= rooms;
    schedule();
}

void App::schedule()
{
    if (scheduled_) return;
    const auto act = [this] {
        scheduled_.reset();
        urgent_ = false;
        reconcile(std::exchange(dirty_, Rooms{0}), true);
    };
    const auto earliest = urgent_ ? urgent_not_before_ : not_before_;
    const auto wait = std::chrono::ceil<std::chrono::microseconds>(earliest - clock_.now());
    auto source = wait.count() > 0 ? loop_.after(wait, act, service::Loop::Priority::Idle) : loop_.when_idle(act);
    if (source) scheduled_ = std::move(*source);
}

Outcome App::reconcile(Rooms rooms, bool patient)
{
    const auto began = clock_.now();
    reconciler_.tell_copied(pair_.told());
    auto outcome = reconciler_.reconcile(rooms, patient);
    if (rooms == all_rooms) last_audit_ = clock_.now();
    if (has(rooms, Room::Ike)) {
        auto charon = reconciler_.charon_here();
        charon.seen = began;
        pair_.follow(charon);
        repair_copies();
    }
    finished(began);
    if (rooms == all_rooms) return_free_pages();
    return outcome;
}

void App::finished(Monotonic began)
{
    const auto now = clock_.now();
    // Looking takes a fifth of the time at most.
    not_before_ = now + std::min<Monotonic::duration>(4 * (now - began), longest_pause);
    urgent_not_before_ = now + (now - began);
    memories_.update(reconciler_, clock_.wall());
    const bool connected = !reconciler_.ike_error() && !reconciler_.ike_version().empty();
    if (connected != ike_connected_ || ike_since_ == WallTime{}) ike_since_ = clock_.wall();
    ike_connected_ = connected;
    if (options_.oneshot) return;
    if (auto seen = plugins_sas(reconciler_.sas()); !seen.empty()) plugins_sas_ = std::move(seen);
    egress_.follow(reconciler_.desired().tap);
    senses_.probe(reconciler_.desired().probes);
    const auto report = full_report(now);
    senses_.attend(report);
    bus_.publish(report);
    tell_systemd(report);
    arm_timers();
}

/// The audit looks at everything now and then, event or not; the other timer waits for the next object in back-off.
void App::arm_timers()
{
    if (!audit_)
        if (auto source = loop_.after(audit_interval, [this] {
                audit_.reset();
                dirty(all_rooms);
                arm_timers();
            }))
            audit_ = std::move(*source);
    due_.reset();
    const auto [next, rooms] = reconciler_.next_due();
    if (next == Monotonic::max()) return;
    const auto wait =
        std::chrono::ceil<std::chrono::microseconds>(std::max(next - clock_.now(), Monotonic::duration{}));
    if (auto source = loop_.after(wait, [this, rooms] { dirty(rooms); })) due_ = std::move(*source);
}

void App::tell_senses()
{
    reconciler_.tell_probes(senses_.verdicts());
    reconciler_.tell_silent(senses_.silent());
    reconciler_.tell_peers(senses_.peers());
}

/// A tunnel has died or lives again: its traffic waits for no look at anything else, and not until the looks before have
/// been paid for.
void App::sensed()
{
    tell_senses();
    if (auto source = loop_.when_idle([this] { switch_over(); }))
        switching_ = std::move(*source); // not inside of a sense
    urgent_ = true;
    scheduled_.reset();
    dirty(static_cast<Rooms>(Room::Ike));
}

void App::switch_over()
{
    switching_.reset();
    const auto began = clock_.now();
    if (!reconciler_.switch_carriers()) return;
    finished(began);
    dirty(all_rooms);
}

void App::hang_up()
{
    service::notify_systemd("RELOADING=1");
    if (const auto loaded = reload(); !loaded)
        service::log(service::Entry::Level::Error, "the old configuration stays in force:\n" + loaded.error().what);
    service::notify_systemd("READY=1");
}

void App::tell_systemd(const bus::GatewayReport& report)
{
    const auto up = std::ranges::count(report.connections, bus::State::Up, &bus::ConnectionReport::state);
    std::string text = std::to_string(up) + " of " + std::to_string(report.connections.size()) + " connections up";
    if (!report.unsynced.empty()) text += ", " + std::to_string(report.unsynced.size()) + " objects not in sync";
    if (!report.config_error.empty()) text += ", the newest files have errors";
    service::notify_systemd("STATUS=" + text);
}

void App::join_bus()
{
    const auto again = [this] {
        if (auto source = loop_.after(bus_retry, [this] { join_bus(); })) rejoin_ = std::move(*source);
    };
    const auto joined = bus_.join_system_bus([again](const Error& why) {
        service::log(service::Entry::Level::Warning, why.what);
        again();
    });
    if (!joined) service::log(service::Entry::Level::Debug, joined.error().what);
}

} // namespace linkspan::agent
