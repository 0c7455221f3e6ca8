#include "cli/commands.h"

#include <cstdio>
#include <cstdlib>
#include <unistd.h>
#include <vector>

namespace {

/// Colours only where somebody looks: on a terminal, and not where NO_COLOR says otherwise.
bool colourful(const linkspan::cli::Request& request)
{
    const char* no_colour = std::getenv("NO_COLOR");
    return !request.no_colour && (no_colour == nullptr || *no_colour == '\0') && ::isatty(STDOUT_FILENO) == 1;
}

} // namespace

int main(int argc, char** argv)
{
    using namespace linkspan;
    const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
    const auto request = cli::parse(arguments);
    if (!request) {
        std::fprintf(stderr, "linkspan: %s\n", request.error().what.c_str());
        return cli::exit_error;
    }
    const cli::Outcome outcome = cli::run(*request, {.colour = colourful(*request)});
    std::fputs(outcome.err.c_str(), stderr);
    const bool printed = std::fputs(outcome.out.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
    return printed ? outcome.status : cli::exit_error;
}
