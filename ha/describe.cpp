#include "ha/describe.h"

#include <array>

namespace linkspan::ha {
namespace {

struct Words {
    std::string_view word;
    std::string_view text;
    bool alarm;
};

// clang-format off
constexpr std::array causes{ // in the order of Cause
    Words{"started", "the agent has started", false},
    Words{"peer-silent", "nothing was heard from the peer", true},
    Words{"peer-gave-way", "the peer is there and does not carry", false},
    Words{"peer-asked", "the peer asked for it", false},
    Words{"person-asked", "a person asked for it", false},
    Words{"leaves", "a service of this gateway ends: the other one is to carry on", false},
    Words{"preempted", "the preferred gateway takes over again", false},
    Words{"granted", "the peer has given way", false},
    Words{"peer-has-higher-epoch", "the peer has a higher epoch", true},
    Words{"peer-does-not-hear", "the peer is heard and does not hear us: it will take over", true},
    Words{"no-vote", "neither the peer nor the arbiter vouches for this gateway", true},
    Words{"arbiter-refused", "the arbiter says that the tenure is another's", true},
    Words{"stood-still", "this gateway stood still, and the peer may have taken over", true},
    Words{"unfit", "this gateway is not fit to carry traffic", true},
    Words{"fit-again", "this gateway has been fit for the hold-down", false},
    Words{"epoch-not-written", "the epoch could not be written to disk: no claim without it", true},
    Words{"fence-not-armed", "the kernel refused the fence: nobody carries unfenced", true},
    Words{"addresses-not-taken", "the addresses could not be taken", true},
    Words{"addresses-taken-by-neither", "neither gateway could take the addresses: this one carries on, and tries again", true},
    Words{"maintenance", "maintenance", false},
    Words{"maintenance-over", "maintenance is over", false},
    Words{"claim-called-off", "the claim is called off: the peer is there", false},
    Words{"hand-over-called-off", "the switchover is called off: the peer did not take over in time", true},
    Words{"refused-no-standby", "refused: no gateway is ready to take over", false},
    Words{"refused-differs", "refused: the gateways' files or versions differ", false},
    Words{"refused-not-copied", "refused: the gateway that is to take over does not have all SAs yet", false},
    Words{"refused-not-here", "refused: this gateway's role does not allow it", false},
    Words{"flapping", "the limit of takeovers is reached: the next one waits for the hold-down", true},
    Words{"config-differs", "the peer's configuration differs where it must not", true},
    Words{"version-differs", "the peer runs a version with other rules", true},
    Words{"same-node", "the peer says it is the same gateway of the pair as this one", true},
    Words{"two-active", "two gateways are active; the lower epoch gives way", true},
    Words{"peer-back", "the peer is heard", false},
    Words{"peer-lost", "the peer is no longer heard", true},
    Words{"path-silent", "one heartbeat path is silent", true},
    Words{"path-back", "the heartbeat path is alive again", false},
};
// clang-format on
static_assert(causes.size() == static_cast<std::size_t>(Cause::PathBack) + 1);

constexpr std::array<std::string_view, 7> roles{"init",    "standby", "claim",      "active",
                                                "release", "fault",   "maintenance"};
constexpr std::array<std::string_view, sections> section_words{"gateway", "ike", "connections", "keys", "egress", "ha"};

} // namespace

std::string_view word_of(Role role)
{
    return roles[static_cast<std::size_t>(role)];
}

std::string_view word_of(Section section)
{
    return section_words[static_cast<std::size_t>(section)];
}

std::string_view word_of(Cause cause)
{
    return causes[static_cast<std::size_t>(cause)].word;
}

std::string text_of(const std::vector<Section>& named)
{
    std::string text;
    for (const auto section : named) text += (text.empty() ? "" : ", ") + std::string{word_of(section)};
    return text;
}

bool is_alarm(Cause cause)
{
    return causes[static_cast<std::size_t>(cause)].alarm;
}

std::string text_of(const Note& note)
{
    std::string text;
    if (note.from != note.to) text = std::string{word_of(note.from)} + " -> " + std::string{word_of(note.to)} + ": ";
    text += causes[static_cast<std::size_t>(note.cause)].text;
    if (note.epoch.value) text += " (epoch " + std::to_string(note.epoch.value) + ")";
    return text;
}

} // namespace linkspan::ha
