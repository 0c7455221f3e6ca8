#include "agent/egress_alarms.h"

#include <fmt/format.h>

#include <chrono>
#include <optional>

namespace linkspan::agent {
namespace {

using namespace std::chrono_literals;

std::string ago(std::chrono::seconds time)
{
    if (time < 60s) return "within the last minute";
    return fmt::format("{} min ago", std::chrono::duration_cast<std::chrono::minutes>(time).count());
}

/// "7 DNS answers <what>, the last within the last minute: <remedy>"
std::optional<std::string> text_of(const egress::Alarm& alarm, Monotonic now, const std::string& things,
                                   const std::string& remedy)
{
    if (alarm.count == 0 || now - alarm.last > 1h) return std::nullopt;
    const auto time = std::chrono::duration_cast<std::chrono::seconds>(now - alarm.last);
    return fmt::format("{} {} (the last {}): {}", alarm.count, things, ago(time), remedy);
}

} // namespace

std::vector<std::string> alarms_of(const egress::TapReport& tap, const egress::Rules& rules, Monotonic now)
{
    std::vector<std::string> texts;
    const auto say = [&](const egress::Alarm& alarm, const std::string& things, const std::string& remedy) {
        if (auto text = text_of(alarm, now, things, remedy)) texts.push_back(*std::move(text));
    };
    if (tap.counts.pins >= rules.limits.pins.total)
        texts.push_back(fmt::format("all {} addresses of limits.addresses are taken, and what is asked for now stays "
                                    "closed: raise it, or see by linkspan egress learned who has them",
                                    rules.limits.pins.total));
    say(tap.counts.no_room, "addresses stayed closed because of a limit",
        "raise limits.addresses_per_client, limits.addresses_per_answer or limits.addresses, or see by linkspan egress "
        "learned who asks for so many");
    say(tap.set_full, "addresses found no room in a set of the kernel's and stayed closed",
        "raise limits.addresses, which the sets' size follows");
    say(tap.write_errors, "addresses could not be opened", "the journal and linkspan status say why");
    say(tap.unseen, "DNS answers went on without being held, and opened nothing",
        fmt::format("limits.held ({}) were waiting already, or the agent was starting. Whoever asks again is let in; "
                    "where it goes on, raise limits.held",
                    rules.held));
    say(tap.streams_dropped, "packets that say a stream's name met a full queue and were dropped",
        fmt::format("limits.held ({}) were waiting already; their hosts send them again. Where it goes on, raise it",
                    rules.held));
    return texts;
}

} // namespace linkspan::agent
