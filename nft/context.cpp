#include "nft/context.h"

#include "base/handle.h"

#include <nftables/libnftables.h>

#include <optional>
#include <sys/stat.h>
#include <utility>

namespace linkspan::nft {
namespace {

using Context = Handle<nft_ctx, nft_ctx_free>;

/// libnftables explains itself on several lines, the last ones pointing into the text: the first says it.
std::string first_line(const char* text)
{
    const std::string all = text ? text : "";
    return all.substr(0, all.find('\n'));
}

/// Of the network namespace that this thread is in; nothing where /proc does not say.
std::optional<ino_t> this_namespace()
{
    struct stat status{};
    if (::stat("/proc/thread-self/ns/net", &status) != 0) return {};
    return status.st_ino;
}

Context open_context()
{
    Context context{nft_ctx_new(NFT_CTX_DEFAULT)};
    if (!context) return {};
    nft_ctx_output_set_flags(context.get(), NFT_CTX_OUTPUT_JSON);
    if (nft_ctx_buffer_output(context.get()) != 0 || nft_ctx_buffer_error(context.get()) != 0) return {};
    return context;
}

/// What it has seen of everybody's ruleset goes with a run that changes nothing.
void forget_rulesets(nft_ctx* context)
{
    nft_ctx_set_dry_run(context, true);
    (void)nft_run_cmd_from_buffer(context, "");
    nft_ctx_set_dry_run(context, false);
}

/// A thread's context, with the socket that is in it.
struct Kept {
    Context context = {};
    std::optional<ino_t> where = {};
};
thread_local Kept kept;

/// The thread's context, to be given back with keep(); a fresh one where there is none for this namespace.
Context take_context()
{
    auto [context, where] = std::exchange(kept, {});
    if (!context || where != this_namespace()) return open_context();
    return std::move(context);
}

void keep(Context context)
{
    forget_rulesets(context.get());
    if (const auto where = this_namespace()) kept = {std::move(context), where};
}

} // namespace

Result<std::string> run(const std::string& commands, const std::string& what)
{
    auto context = take_context();
    if (!context) return failure(Kind::Kernel, what + ": libnftables does not start");
    const bool good = nft_run_cmd_from_buffer(context.get(), commands.c_str()) == 0;
    const char* error = nft_ctx_get_error_buffer(context.get()); // read every time: it grows until it is
    if (!good) return failure(Kind::Kernel, what + ": " + first_line(error));
    const char* output = nft_ctx_get_output_buffer(context.get());
    std::string text{output ? output : ""};
    keep(std::move(context));
    return text;
}

} // namespace linkspan::nft
