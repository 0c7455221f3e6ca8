#pragma once

#include "egress/policy.h"
#include "egress/rules.h"

#include <optional>

namespace linkspan::egress {

/// By whose word a packet passes or not.
struct Ruling {
    bool allowed = false;
    std::string tag = {};
    std::string rule = {}; ///< as it is written; or why without one: "pass_through", "default = allow"
    bool operator==(const Ruling&) const = default;
};

/// Who wants what: a source, where to, and IANA's number of the protocol; `port` counts where it has ports.
struct Wanted {
    IpAddress client = {};
    IpAddress address = {};
    std::uint8_t ip_protocol = 0;
    std::uint16_t port = 0;
};

/// The part of the rules that the kernel applies without us, for people who ask why, and for sessions whose rule has gone.
/// It answers as the kernel's chains do (nft/egress_chains.cpp), in their order.

/// By destinations that are not checked, and by the rules about networks; nothing where none of these is about it.
[[nodiscard]] std::optional<Ruling> ruling_by_network(const Rules& rules, const Wanted& wanted);
/// What is left when no rule is about it.
[[nodiscard]] Ruling ruling_by_default(const Rules& rules, const IpAddress& client);
/// Whether something that the rules let pass before may not pass any more, whoever it is.
[[nodiscard]] bool takes_away(const Rules& before, const Rules& after);
/// False where the source is in no policy: then nothing is judged.
[[nodiscard]] bool is_judged(const Rules& rules, const IpAddress& client);

} // namespace linkspan::egress
