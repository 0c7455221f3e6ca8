#pragma once

#include "ha/arbiter.h"

#include <cstdint>
#include <vector>

namespace linkspan::takeover {

/// A third party that keeps the pair's record (ha/arbiter.h) and changes it only for whoever has seen what is there.
/// Nothing here waits, as with a Driver. One question is open at a time: a newer one replaces it.
class Arbiter {
public:
    Arbiter() = default;
    virtual ~Arbiter() = default;
    Arbiter(const Arbiter&) = delete;
    Arbiter& operator=(const Arbiter&) = delete;

    [[nodiscard]] virtual int descriptor() const = 0;
    /// `request` comes back in the answer.
    virtual void ask(std::uint64_t request, const ha::ArbiterRequest& what) = 0;
    [[nodiscard]] virtual std::vector<ha::ArbiterAnswer> process() = 0;
};

} // namespace linkspan::takeover
