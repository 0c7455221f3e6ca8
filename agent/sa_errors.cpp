#include "agent/sa_errors.h"

namespace linkspan::agent {

SaErrors errors_by_sa(std::span<const xfrm::ObservedState> states)
{
    SaErrors errors;
    for (const auto& state : states)
        if (state.errors != xfrm::StateErrors{}) errors.emplace(state.key, state.errors);
    return errors;
}

xfrm::StateErrors errors_of(std::span<const ike::IkeSa> sas, std::span<const xfrm::StateKey> static_keys,
                            const SaErrors& errors)
{
    xfrm::StateErrors sum;
    const auto add = [&](const xfrm::StateKey& key) {
        const auto found = errors.find(key);
        if (found == errors.end()) return;
        sum.late += found->second.late;
        sum.replayed += found->second.replayed;
        sum.forged += found->second.forged;
    };
    for (const auto& sa : sas)
        for (const auto& child : sa.children) add({sa.local, child.spi_in});
    for (const auto& key : static_keys) add(key);
    return sum;
}

} // namespace linkspan::agent
