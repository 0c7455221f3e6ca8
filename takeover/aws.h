#pragma once

#include "takeover/aws_codec.h"
#include "takeover/aws_metadata.h"
#include "takeover/cloud.h"

#include <vector>

namespace linkspan::takeover {

/// EC2: elastic addresses, private addresses and routes, marked with the tenure's epoch. Signed with the credentials of the
/// instance's role.
class Aws final : public Cloud {
public:
    explicit Aws(AwsSpec spec);

    [[nodiscard]] std::size_t things() const override { return names_.size(); }
    [[nodiscard]] std::string name_of(std::size_t thing) const override { return names_[thing]; }
    [[nodiscard]] bool is_essential(std::size_t thing) const override;
    [[nodiscard]] std::optional<HttpRequest> next_question(WallTime now) override;
    [[nodiscard]] Learnt answer(const HttpResponse& response, WallTime now) override;
    [[nodiscard]] bool is_ready(WallTime now) const override;
    [[nodiscard]] std::optional<HttpRequest> request(std::size_t thing, Call call, ha::Epoch epoch,
                                                     WallTime now) override;
    [[nodiscard]] Learnt learn(std::size_t thing, Call call, ha::Epoch epoch, const HttpResponse& response) override;

private:
    /// With the ids of the interfaces as far as they are known.
    [[nodiscard]] AwsThing thing_of(std::size_t thing, ha::Epoch epoch) const;
    [[nodiscard]] std::string interface_of(const Mac& mac) const;

    AwsSpec spec_;
    AwsMetadata metadata_ = {};
    std::vector<std::string> marked_ = {}; ///< resources that carry the epoch
    std::vector<std::string> names_ = {};
    std::vector<bool> missing_ = {}; ///< of the things that are routes: there is none yet
};

} // namespace linkspan::takeover
