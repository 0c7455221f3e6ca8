#pragma once

#include "base/error.h"
#include "base/plan.h"
#include "nft/observed.h"
#include "nft/render.h"
#include "nft/spec.h"
#include "nft/transit.h"

namespace linkspan::fake {

/// nftables as far as our table goes. tests/contract/nft_contract_test.cpp holds it against the real one.
class Nft {
public:
    nft::Observed table = {};

    [[nodiscard]] Result<nft::Observed> observe() const { return table; }

    [[nodiscard]] Result<> apply(const Op<nft::Spec>& op)
    {
        if (op.verb == Verb::Delete) {
            table = {};
            return {};
        }
        if (op.verb == Verb::Update && !table.present)
            return failure(Kind::Kernel, "change table inet linkspan: No such file or directory");
        if (op.verb != Verb::Update) {
            table = {.present = true, .shaped = true, .keeps_sources = !op.spec.policy_mss.empty()};
            for (const auto& chain : nft::branches(op.spec))
                if (chain.hook.empty()) table.branches.insert(chain.name);
            for (const auto& rule : nft::rules(op.spec)) table.rules.push_back(rule.comment);
        }
        table.mss = op.spec.mss;
        return {};
    }
};

} // namespace linkspan::fake
