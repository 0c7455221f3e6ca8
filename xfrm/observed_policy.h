#pragma once

#include "xfrm/policy_spec.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace linkspan::xfrm {

enum class Action : std::uint8_t { Allow = 0, Block = 1 }; ///< values are XFRM_POLICY_*

/// A policy the kernel has at a key that could be ours. Small, for there may be 40,000 of them.
struct ObservedPolicy {
    PolicyKey key = {};
    std::optional<Template> protect = {}; ///< its first template
    std::uint32_t priority = 0;
    std::uint32_t index = 0; ///< the kernel's number; an update in place keeps it
    Action action = Action::Allow;
    bool ours = false;    ///< our priority and reqid, or what else is ours alone at this key
    bool drifted = false; ///< something the spec does not say differs from how we write it: flags, limits, templates
    bool operator==(const ObservedPolicy&) const = default;

    [[nodiscard]] PolicySpec spec() const { return {key, protect, {}}; }
};

/// Sorted by key, each key once.
using Policies = std::vector<ObservedPolicy>;

/// nullptr where no policy stands there.
[[nodiscard]] const ObservedPolicy* find(const Policies& policies, const PolicyKey& key);

} // namespace linkspan::xfrm
