#pragma once

#include "base/error.h"
#include "nft/egress_table.h"
#include "nft/nat_table.h"
#include "nft/observed.h"
#include "nft/paths_spec.h"
#include "nft/rules_table.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

namespace linkspan::nft {

/// Reads a table of ours, and remembers it with the ruleset's generation (nft/generation.h): while that is the same, so is
/// the table, and one question takes the place of a listing. A generation that cannot be read costs no more than the
/// listing.
template <typename Table>
class Reader {
public:
    struct Source {
        std::function<Result<std::uint32_t>()> generation = {};
        std::function<Result<Table>()> table = {};
    };

    explicit Reader(Source source) : source_(std::move(source)) {}

    [[nodiscard]] Result<Table> observe()
    {
        const auto generation = source_.generation(); // first: what changes from here on has a later one
        if (generation && seen_ && seen_->generation == *generation) return seen_->table;
        seen_.reset();
        auto table = source_.table();
        if (table && generation) seen_ = Seen{*generation, *table};
        return table;
    }

private:
    struct Seen {
        std::uint32_t generation = 0;
        Table table = {};
    };
    Source source_;
    std::optional<Seen> seen_;
};

/// Of the network namespace that the thread is in at the first look.
[[nodiscard]] Reader<Observed> reader_of_kernel();
[[nodiscard]] Reader<NatTable> nat_reader_of_kernel();
[[nodiscard]] Reader<ObservedPaths> paths_reader_of_kernel();
[[nodiscard]] Reader<EgressTable> egress_reader_of_kernel();
[[nodiscard]] Reader<RulesTable> rules_reader_of_kernel();

} // namespace linkspan::nft
