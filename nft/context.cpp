#include "nft/context.h"

#include "base/handle.h"

#include <nftables/libnftables.h>

namespace linkspan::nft {
namespace {

using Context = Handle<nft_ctx, nft_ctx_free>;

/// libnftables explains itself on several lines, the last ones pointing into the text: the first says it.
std::string first_line(const char* text)
{
    const std::string all = text ? text : "";
    return all.substr(0, all.find('\n'));
}

} // namespace

Result<std::string> run(const std::string& commands, const std::string& what)
{
    const Context context{nft_ctx_new(NFT_CTX_DEFAULT)};
    if (!context) return failure(Kind::Kernel, what + ": libnftables does not start");
    nft_ctx_output_set_flags(context.get(), NFT_CTX_OUTPUT_JSON);
    if (nft_ctx_buffer_output(context.get()) != 0 || nft_ctx_buffer_error(context.get()) != 0)
        return failure(Kind::Kernel, what + ": libnftables has no memory");
    if (nft_run_cmd_from_buffer(context.get(), commands.c_str()) != 0)
        return failure(Kind::Kernel, what + ": " + first_line(nft_ctx_get_error_buffer(context.get())));
    const char* output = nft_ctx_get_output_buffer(context.get());
    return std::string{output ? output : ""};
}

} // namespace linkspan::nft
