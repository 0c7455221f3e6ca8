#pragma once

#include "base/error.h"

#include <span>
#include <string>

namespace linkspan::cli {

enum class Command { Check, Plan, Apply, Status, Up, Restart, Nat, Ha, Egress, Down, Help, Version };

/// What `linkspan egress` is asked.
enum class EgressQuestion { Log, Learned, Why, Discover };

inline constexpr const char* default_file = "/etc/linkspan/linkspan.toml";
inline constexpr const char* default_socket = "/run/linkspan/private";

/// What the person typed, understood.
struct Request {
    Command command = Command::Help;
    std::string name =
        {}; ///< the connection of status, up, down; the words behind ha; the command that help is wanted for; of egress
            ///< learned a part of a name or an address, of egress why the source
    std::string file = {};    ///< -c, made absolute; empty = the default one
    std::string explain = {}; ///< --explain: the connection that check explains
    std::string with = {};    ///< --with, made absolute: the file of the pair's other gateway, which check compares
    bool no_routes = false;   ///< check: the kernel's routes are not looked at
    std::string socket = default_socket;
    bool anyway = false; ///< switchover though the two gateways differ
    EgressQuestion egress = EgressQuestion::Log;
    std::string target = {}; ///< of egress why
    bool json = false;
    bool follow = false; ///< egress log: those to come, too
    bool no_colour = false;
};

/// Options may stand anywhere. `arguments` is without the program's name. An Error is a sentence for the person, with
/// a suggestion where a word was mistyped.
[[nodiscard]] Result<Request> parse(std::span<const std::string> arguments);

/// How to use the command, or one of its commands; empty for a command that does not exist.
[[nodiscard]] std::string help_text(const std::string& command);

/// All commands, in the order in which help lists them.
[[nodiscard]] std::span<const std::string_view> command_names();

} // namespace linkspan::cli
