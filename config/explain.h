#pragma once

#include "config/config.h"
#include "config/load.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace linkspan::config {

/// Why a connection's value is what it is.
enum class Origin {
    File,     ///< a person wrote it
    Profile,  ///< the connection's profile says so
    Default,  ///< it is so wherever nothing else is written
    Computed, ///< it follows from other values
};
[[nodiscard]] std::string_view name_of(Origin origin);

/// One value of a connection.
struct Setting {
    std::string key = {};
    std::string value = {}; ///< as TOML; empty = there is none
    Origin origin = Origin::Default;
    std::string from = {}; ///< for people: "profile aws", "computed from id"
    SourcePos pos = {};    ///< of what a person wrote
};

/// What an uplink's MTU is taken for where nobody can ask the kernel, in bytes.
inline constexpr std::uint32_t assumed_uplink_mtu = 1500;

/// Every key of the connection, in the order of the manual page, and what follows from them without a kernel. `sources`
/// is what `config` was loaded from.
[[nodiscard]] std::vector<Setting> explain(const Sources& sources, const Config& config, const Connection& connection);

} // namespace linkspan::config
