#pragma once

#include "base/clock.h"
#include "takeover/cloud.h"
#include "takeover/cloud_plan.h"
#include "takeover/driver.h"
#include "takeover/transfers.h"

#include <functional>
#include <map>
#include <memory>
#include <set>

namespace linkspan::takeover {

/// Drives a cloud: all calls side by side, over connections that the watch keeps open.
class CloudDriver final : public Driver {
public:
    /// `random`: any numbers, to spread pauses with.
    [[nodiscard]] static Result<std::unique_ptr<CloudDriver>> open(std::unique_ptr<Cloud> cloud, CloudTiming timing,
                                                                   Clock clock, std::function<std::uint32_t()> random,
                                                                   TlsFiles tls = {});

    [[nodiscard]] int descriptor() const override { return transfers_->descriptor(); }
    void ask(const Request& request) override;
    [[nodiscard]] std::vector<Report> process() override;
    /// No call is under way: connections are as warm as they will be.
    [[nodiscard]] bool is_idle() const { return sent_.empty() && question_.value == 0; }

private:
    CloudDriver(std::unique_ptr<Cloud> cloud, CloudTiming timing, Clock clock, std::function<std::uint32_t()> random,
                std::unique_ptr<Transfers> transfers);
    void learn(const CallDue& call, ha::Epoch epoch, const Learnt& learnt);
    void finish(Transfers::Finished& finished);
    void question();
    void call();
    void warm_up();
    void add(std::vector<Report> reports);
    [[nodiscard]] ha::Epoch epoch() const;

    struct Sent {
        CallDue call = {};
        ha::Epoch epoch = {};
    };
    std::unique_ptr<Cloud> cloud_;
    CloudTiming timing_;
    Clock clock_;
    std::function<std::uint32_t()> random_;
    std::unique_ptr<Transfers> transfers_;
    CloudState state_ = {};
    std::map<TransferId, Sent> sent_ = {};
    /// Of the watch's last round: the connections it went over, and whether each look had one made for it. A takeover needs
    /// one for each thing, and a look that is answered before the next one is sent leaves the pool short of one.
    std::set<std::uint16_t> warm_ = {};
    bool warms_up_ = true;
    TransferId question_ = {}; ///< 0 = none is under way
    Monotonic question_due_ = {};
    std::vector<Report> reports_ = {};
    std::string trouble_ = {}; ///< of the metadata, told once
};

} // namespace linkspan::takeover
