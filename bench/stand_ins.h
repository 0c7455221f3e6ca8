#pragma once

#include "agent/world.h"

#include <map>

namespace linkspan::bench {

/// Where the kernel has no XFRM interface, other links of the same names stand in for them: changes of links are kept
/// here and do not reach the kernel, and what stands in is seen as if it were ours. Everything else is the kernel's.
class StandIns : public agent::World {
public:
    explicit StandIns(agent::World& kernel) : kernel_(kernel) {}

    [[nodiscard]] agent::Observed observe(agent::Rooms rooms) override;
    void refresh(agent::Observed& observed, std::span<const agent::Step> steps) override;
    [[nodiscard]] std::vector<Result<>> apply(std::span<const agent::Step> steps) override;
    [[nodiscard]] const ike::Ledger& ledger() const override { return kernel_.ledger(); }

private:
    void disguise(agent::Observed& observed) const;

    agent::World& kernel_;
    std::map<LinkName, vti::Spec> links_;
};

} // namespace linkspan::bench
