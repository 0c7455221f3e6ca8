#include "nft/apply.h"

#include "nft/context.h"
#include "nft/describe.h"
#include "nft/paths_plan.h"
#include "nft/paths_render.h"
#include "nft/render.h"

namespace linkspan::nft {
namespace {

template <typename Table>
Result<> change(const Op<Table>& op)
{
    const auto done = run(render(op), "change " + describe(op.spec));
    if (!done) return std::unexpected(done.error());
    return {};
}

} // namespace

Result<> apply(const Op<Spec>& op)
{
    return change(op);
}

Result<> apply(const Op<Paths>& op)
{
    return change(op);
}

} // namespace linkspan::nft
