#include "config/egress_refused.h"

namespace linkspan::config {

void refuse_egress(Loaded& loaded)
{
    if (!loaded.config || !loaded.config->egress) return;
    const auto& pos = loaded.config->egress->pos;
    add_error(loaded.diagnostics, pos, 6, "`egress` is not in this version of linkspan",
              "remove it, or make it a comment until then");
    loaded.config.reset();
}

} // namespace linkspan::config
