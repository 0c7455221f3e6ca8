#include "pair/order.h"

#include <algorithm>
#include <array>
#include <string>

namespace linkspan::pair {

Result<ha::Command> parse_order(std::string_view order)
{
    struct Known {
        std::string_view word;
        ha::Command command;
    };
    constexpr std::array known{Known{"switchover", ha::Command::Switchover},
                               Known{"switchover anyway", ha::Command::SwitchoverAnyway},
                               Known{"maintenance on", ha::Command::MaintenanceOn},
                               Known{"maintenance off", ha::Command::MaintenanceOff},
                               Known{"resume", ha::Command::Resume},
                               Known{"yield", ha::Command::Yield}};
    const auto* const found = std::ranges::find(known, order, &Known::word);
    if (found == known.end()) return failure(Kind::Config, "a pair knows no order \"" + std::string{order} + '"');
    return found->command;
}

} // namespace linkspan::pair
