#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace linkspan::ike {

/// A line of charon's log.
struct LogLine {
    std::string connection = {}; ///< of the IKE_SA it is about; empty: of none, or charon does not know yet whose
    std::uint64_t unique_id = 0; ///< of that IKE_SA; 0 = none
    std::string text = {};
    bool operator==(const LogLine&) const = default;
};

/// As charon's file logger writes it with `ike_name = yes` and no time: "07[IKE] <azure-hub|3> received ...",
/// "07[IKE] <3> ..." while nobody knows whose it is, "07[CFG] ..." outside of an IKE_SA. Nothing for anything else.
[[nodiscard]] std::optional<LogLine> parse_log_line(std::string_view line);

} // namespace linkspan::ike
