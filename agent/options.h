#pragma once

#include "base/error.h"

#include <filesystem>
#include <span>
#include <string>

namespace linkspan::agent {

struct Options {
    std::filesystem::path config = "/etc/linkspan/linkspan.toml";
    std::filesystem::path state = "/var/lib/linkspan"; ///< $STATE_DIRECTORY under systemd
    std::string socket = "/run/linkspan/private";
    std::string credentials = {}; ///< $CREDENTIALS_DIRECTORY; empty outside systemd
    bool oneshot = false;         ///< make it so once, and exit: 0 in sync, 1 not
    bool help = false;
    bool version = false;

    /// Where it is kept which connections a person holds down, and which files were accepted last.
    [[nodiscard]] std::filesystem::path held_directory() const { return state / "down"; }
    [[nodiscard]] std::filesystem::path accepted_directory() const { return state / "accepted"; }
};

/// Kind::Config with a sentence for the person where an argument is not known.
[[nodiscard]] Result<Options> parse_options(std::span<char* const> arguments);
[[nodiscard]] std::string usage();

} // namespace linkspan::agent
