#include "nft/apply.h"

#include "nft/context.h"
#include "nft/describe.h"
#include "nft/render.h"

namespace linkspan::nft {

Result<> apply(const Op<Spec>& op)
{
    const auto done = run(render(op), "change " + describe(op.spec));
    if (!done) return std::unexpected(done.error());
    return {};
}

} // namespace linkspan::nft
