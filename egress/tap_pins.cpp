#include "egress/tap.h"

#include <algorithm>
#include <cerrno>

/// The tap's pins: into the kernel, into the journal, and to whoever else wants to know.

namespace linkspan::egress {

void Tap::write(const std::vector<KernelPin>& pins)
{
    for (std::size_t at = 0; at < pins.size(); at += pins_per_transaction) {
        const auto part = std::span{pins}.subspan(at, std::min(pins_per_transaction, pins.size() - at));
        const auto done = doors_.write(part);
        if (done) {
            counts_.pinned += part.size();
            continue;
        }
        inspector_.unlearn(part);
        (done.error().sys == ENFILE ? counts_.set_full : counts_.write_errors).raise(part.size(), clock_.now());
        trouble(done.error());
    }
}

void Tap::note(const Answered& answered)
{
    const auto wall = clock_.wall();
    const KernelPin* last = nullptr;
    for (const auto& pin : answered.pins) {
        if (last && last->address == pin.address) continue; // of another class
        auto line = pin_line(wall + pin.timeout, pin.client, pin.address, answered.name.text());
        if (doors_.tell) doors_.tell(line);
        journal_.note(std::move(line));
        last = &pin;
    }
}

/// What an agent before this one knew. The kernel has the pins still, or lost them with the machine: written once more they
/// stand either way.
void Tap::restore()
{
    const auto now = clock_.now();
    const auto known = journal_.load(clock_.wall(), now);
    if (known)
        (void)take_in(*known); // in the journal already
    else
        trouble(known.error());
    if (const auto begun = journal_.rewrite(inspector_.snoop().pins(), clock_.wall(), now); !begun)
        trouble(begun.error());
}

/// The lines of those that are open for longer by it than they were.
std::string Tap::take_in(std::span<const Pins::Standing> known)
{
    std::vector<KernelPin> pins;
    std::string lines;
    for (const auto& standing : known) {
        const auto opened = inspector_.adopt(standing, clock_.now());
        if (!opened.empty()) lines += pin_lines(standing, clock_.wall(), clock_.now());
        pins.insert(pins.end(), opened.begin(), opened.end());
    }
    write(pins);
    return lines;
}

void Tap::adopt(std::string_view lines)
{
    post([known = read_pin_lines(lines, clock_.wall(), clock_.now())](Tap& tap) {
        tap.journal_.note(tap.take_in(known));
    });
}

/// Where it is time for that.
void Tap::tell_all(Monotonic now)
{
    if (doors_.wants_all && doors_.wants_all(now))
        doors_.tell(pin_lines(inspector_.snoop().pins(), clock_.wall(), now));
}

void Tap::fill(const std::vector<std::string>& classes)
{
    post([&](Tap& tap) {
        std::vector<KernelPin> pins;
        for (auto& pin : tap.inspector_.all_pins(tap.clock_.now()))
            if (std::ranges::count(classes, pin.service_class) != 0) pins.push_back(std::move(pin));
        tap.write(pins);
    });
}

} // namespace linkspan::egress
