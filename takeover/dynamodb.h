#pragma once

#include "takeover/aws_metadata.h"
#include "takeover/record_store.h"

#include <string>

namespace linkspan::takeover {

struct DynamoDbSpec {
    std::string region = {};   ///< empty = the instance's own
    std::string endpoint = {}; ///< empty = the region's
    std::string metadata = "http://169.254.169.254";
    std::string table = {}; ///< its partition key is the string "pair"
    std::string pair = {};  ///< the item's key
    bool operator==(const DynamoDbSpec&) const = default;
};

/// A DynamoDB table: the API of AWS that can compare and swap. Its items have a revision of ours, which every write raises.
class DynamoDbStore final : public RecordStore {
public:
    explicit DynamoDbStore(DynamoDbSpec spec);

    [[nodiscard]] std::size_t endpoints() const override { return 1; }
    [[nodiscard]] std::optional<HttpRequest> next_question(WallTime now) override;
    [[nodiscard]] Learnt answer(const HttpResponse& response, WallTime now) override;
    [[nodiscard]] bool is_ready(WallTime now) const override;
    [[nodiscard]] HttpRequest request(const ha::ArbiterRequest& what, std::size_t endpoint, WallTime now) override;
    [[nodiscard]] Result<ha::ArbiterAnswer> learn(const ha::ArbiterRequest& what,
                                                  const HttpResponse& response) override;

private:
    DynamoDbSpec spec_;
    AwsMetadata metadata_ = {};
};

} // namespace linkspan::takeover
