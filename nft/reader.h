#pragma once

#include "base/error.h"
#include "nft/observed.h"

#include <cstdint>
#include <functional>
#include <optional>

namespace linkspan::nft {

/// Reads our table, and remembers it with the ruleset's generation (nft/generation.h): while that is the same, so is the
/// table, and one question takes the place of a listing. A generation that cannot be read costs no more than the listing.
class Reader {
public:
    struct Source {
        std::function<Result<std::uint32_t>()> generation = {};
        std::function<Result<Observed>()> table = {};
    };

    explicit Reader(Source source) : source_(std::move(source)) {}
    /// Of the network namespace that the thread is in at the first look.
    [[nodiscard]] static Reader of_kernel();

    [[nodiscard]] Result<Observed> observe();

private:
    struct Seen {
        std::uint32_t generation = 0;
        Observed table = {};
    };
    Source source_;
    std::optional<Seen> seen_;
};

} // namespace linkspan::nft
