#pragma once

#include "config/ha.h"
#include "takeover/ballot.h"
#include "takeover/etcd.h"
#include "takeover/exec_spec.h"
#include "takeover/transfers.h"

#include <string>
#include <string_view>
#include <variant>

namespace linkspan::pair {

/// What of the pair is outside of this machine: who moves its addresses there, and who keeps whose tenure it is.
struct OutsideSpec {
    std::variant<std::monostate, takeover::ExecSpec> mover = {};   ///< none = announcements suffice
    std::variant<std::monostate, takeover::EtcdSpec> arbiter = {}; ///< none = availability first
    takeover::TlsFiles tls = {};                                   ///< towards the arbiter
    takeover::BallotTiming ballot = {};
    bool operator==(const OutsideSpec&) const = default;
};

/// `gateway`: this one's name, for hooks.
[[nodiscard]] OutsideSpec outside_of(const config::Ha& file, std::string gateway);

/// "exec"; empty = nobody moves anything.
[[nodiscard]] std::string_view mover_of(const OutsideSpec& spec);
/// "etcd"; empty = nobody is asked.
[[nodiscard]] std::string_view arbiter_of(const OutsideSpec& spec);

} // namespace linkspan::pair
