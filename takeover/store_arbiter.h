#pragma once

#include "takeover/arbiter.h"
#include "takeover/ballot.h"
#include "takeover/record_store.h"
#include "takeover/transfers.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace linkspan::takeover {

/// An arbiter that is a store somewhere behind HTTP.
class StoreArbiter final : public Arbiter {
public:
    [[nodiscard]] static Result<std::unique_ptr<StoreArbiter>>
    open(std::unique_ptr<RecordStore> store, BallotTiming timing, Clock clock, TlsFiles tls = {});

    [[nodiscard]] int descriptor() const override { return transfers_->descriptor(); }
    void ask(std::uint64_t request, const ha::ArbiterRequest& what) override;
    [[nodiscard]] std::vector<ha::ArbiterAnswer> process() override;
    /// Why the last attempt failed; empty = it did not. For people.
    [[nodiscard]] const std::string& trouble() const { return trouble_; }

private:
    StoreArbiter(std::unique_ptr<RecordStore> store, BallotTiming timing, Clock clock,
                 std::unique_ptr<Transfers> transfers);
    void finish(Transfers::Finished& finished);
    void question();
    void send();
    void answer(const ha::ArbiterAnswer& answer);

    std::unique_ptr<RecordStore> store_;
    BallotTiming timing_;
    Clock clock_;
    std::unique_ptr<Transfers> transfers_;
    std::optional<Ballot> ballot_ = {};
    TransferId sent_ = {}; ///< 0 = none is under way
    TransferId question_ = {};
    Monotonic question_due_ = {};
    Monotonic questioned_ = {}; ///< the last one was sent then
    std::size_t endpoint_ = 0;  ///< the one that answered last
    std::vector<ha::ArbiterAnswer> answers_ = {};
    std::string trouble_ = {};
};

} // namespace linkspan::takeover
