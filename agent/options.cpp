#include "agent/options.h"

#include "base/suggest.h"

#include <array>
#include <cstdlib>
#include <string_view>

namespace linkspan::agent {
namespace {

constexpr std::array<std::string_view, 6> known{"--config", "--state", "--socket", "--oneshot", "--help", "--version"};

Error unknown(std::string_view argument)
{
    std::string what = "unknown argument '" + std::string{argument} + "'";
    if (const auto meant = suggest(argument, known)) what += "; did you mean " + std::string{*meant} + "?";
    return {Kind::Config, 0, what};
}

std::string environment(const char* name)
{
    const char* value = std::getenv(name);
    return value ? value : "";
}

} // namespace

Result<Options> parse_options(std::span<char* const> arguments)
{
    Options options;
    options.credentials = environment("CREDENTIALS_DIRECTORY");
    if (const auto state = environment("STATE_DIRECTORY"); !state.empty()) options.state = state;
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        std::string_view name = arguments[i];
        const auto equals = name.find('=');
        const bool attached = equals != std::string_view::npos;
        std::string_view value = attached ? name.substr(equals + 1) : std::string_view{};
        name = name.substr(0, equals);
        if (name == "--oneshot")
            options.oneshot = true;
        else if (name == "--help" || name == "-h")
            options.help = true;
        else if (name == "--version")
            options.version = true;
        else if (name == "--config" || name == "-c" || name == "--state" || name == "--socket") {
            if (!attached && ++i >= arguments.size()) return failure(Kind::Config, std::string{name} + " needs a path");
            if (!attached) value = arguments[i];
            if (name == "--state")
                options.state = value;
            else if (name == "--socket")
                options.socket = value;
            else
                options.config = value;
        } else
            return std::unexpected(unknown(name));
    }
    return options;
}

std::string usage()
{
    return "linkspand " LINKSPAN_VERSION ": makes this gateway's kernel match its files\n"
           "\n"
           "usage: linkspand [--config FILE] [--oneshot] [--state DIRECTORY] [--socket PATH]\n"
           "\n"
           "  -c, --config FILE   the main file; linkspan.d/*.toml beside it is read too\n"
           "                      (default /etc/linkspan/linkspan.toml)\n"
           "  --oneshot           make the kernel match once and exit: 0 in sync, 1 not\n"
           "  --state DIRECTORY   what must survive a reboot (default /var/lib/linkspan)\n"
           "  --socket PATH       where `linkspan` reaches it (default /run/linkspan/private)\n"
           "\n"
           "SIGHUP reads the files anew. SIGTERM ends the agent and leaves everything it made in place.\n";
}

} // namespace linkspan::agent
