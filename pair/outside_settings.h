#pragma once

#include "config/ha.h"
#include "takeover/exec_spec.h"

#include <string>
#include <string_view>
#include <variant>

namespace linkspan::pair {

/// What of the pair is outside of this machine: who moves its addresses there.
struct OutsideSpec {
    std::variant<std::monostate, takeover::ExecSpec> mover = {}; ///< none = announcements suffice
    bool operator==(const OutsideSpec&) const = default;
};

/// `gateway`: this one's name, for hooks.
[[nodiscard]] OutsideSpec outside_of(const config::Ha& file, std::string gateway);

/// "exec"; empty = nobody moves anything.
[[nodiscard]] std::string_view mover_of(const OutsideSpec& spec);

} // namespace linkspan::pair
