#include "bus/report.h"

#include <string_view>

namespace linkspan::bus {

std::string_view name_of(State state)
{
    switch (state) {
    case State::Up: return "up";
    case State::Connecting: return "connecting";
    case State::Waiting: return "waiting";
    case State::Degraded: return "degraded";
    case State::Down: return "down";
    case State::Disabled: return "disabled";
    case State::Failed: return "failed";
    }
    return "unknown";
}

} // namespace linkspan::bus
