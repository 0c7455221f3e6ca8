#include "cli/outcome.h"

#include "cli/fields.h"

namespace linkspan::cli {

Outcome fail(const Request& request, const Error& error)
{
    const bool unreachable = error.kind == Kind::Disconnected && request.command == Command::Status;
    std::string what = printable(error.what, true);
    // Diagnostics of files are whole texts with positions of their own.
    const bool is_text = what.contains('\n');
    if (!what.ends_with('\n')) what += '\n';
    return {.status = unreachable ? exit_unreachable : exit_error, .err = is_text ? what : "linkspan: " + what};
}

} // namespace linkspan::cli
