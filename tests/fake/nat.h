#pragma once

#include "base/error.h"
#include "base/plan.h"
#include "nft/nat_plan.h"

namespace linkspan::fake {

/// nftables as far as the table of mapped NAT goes. tests/contract/nat_contract_test.cpp holds it against the real one.
class Nat {
public:
    nft::NatTable table = {};

    [[nodiscard]] Result<nft::NatTable> observe() const { return table; }

    [[nodiscard]] Result<> apply(const Op<nft::NatTable>& op)
    {
        if (op.verb == Verb::Delete) {
            table = {};
            return {};
        }
        if (op.verb == Verb::Update && !table.present)
            return failure(Kind::NotFound, "change table inet linkspan_nat: No such file or directory");
        const auto shape = op.verb == Verb::Update ? table.shape : op.spec.shape;
        table = op.spec;
        table.shape = shape;
        return {};
    }
};

} // namespace linkspan::fake
