#include "pair/moving.h"

#include <string_view>

namespace linkspan::pair {
namespace {

using takeover::Outcome;
using takeover::Verb;

std::string_view phrase_of(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Done: return " is done";
    case Outcome::Failed: return " failed";
    case Outcome::Superseded: return " was overtaken by a newer tenure";
    case Outcome::Retrying: return " has trouble, and is tried again";
    case Outcome::Lost: return " was undone: somebody else has the addresses";
    }
    return "";
}

} // namespace

void ask(Moving& moving, const takeover::Request& request)
{
    moving.asked = request;
    moving.told.reset();
}

std::optional<ha::Event> hear(Moving& moving, const takeover::Report& report)
{
    if (moving.asked != report.request) return {};
    moving.told = report;
    if (report.request.verb == Verb::Release || report.outcome == Outcome::Retrying) return {};
    if (report.outcome == Outcome::Done) return ha::AddressesTaken{report.request.epoch};
    return ha::AddressesNotTaken{report.request.epoch};
}

/// What was to be released and is a newer tenure's is released.
std::string problem_of(const Moving& moving)
{
    if (!moving.told || moving.told->outcome == Outcome::Done) return {};
    if (moving.told->request.verb == Verb::Release && moving.told->outcome == Outcome::Superseded) return {};
    return text_of(moving);
}

std::string text_of(const Moving& moving)
{
    if (!moving.told) return {};
    const auto& [request, outcome, detail] = *moving.told;
    return moving.by + ": " + std::string{word_of(request.verb)} + " " + std::to_string(request.epoch.value) +
           std::string{phrase_of(outcome)} + (detail.empty() ? "" : ": " + detail);
}

} // namespace linkspan::pair
