#pragma once

#include "takeover/azure_metadata.h"
#include "takeover/record_store.h"

#include <string>

namespace linkspan::takeover {

struct BlobSpec {
    std::string origin = {}; ///< "https" and the account's host, "account.blob.core.windows.net"
    std::string path = {};   ///< "/container/name"
    std::string metadata = "http://169.254.169.254";
    bool operator==(const BlobSpec&) const = default;
};

/// A block blob of Azure Storage, written under If-Match: its text is the epoch in decimal, the revision is its ETag, a
/// hexadecimal number that Azure makes anew with every write. Leases are not used: the shortest lasts 15 s.
class BlobStore final : public RecordStore {
public:
    explicit BlobStore(BlobSpec spec);

    [[nodiscard]] std::size_t endpoints() const override { return 1; }
    [[nodiscard]] std::optional<HttpRequest> next_question(WallTime now) override;
    [[nodiscard]] Learnt answer(const HttpResponse& response, WallTime now) override;
    [[nodiscard]] bool is_ready(WallTime now) const override;
    [[nodiscard]] HttpRequest request(const ha::ArbiterRequest& what, std::size_t endpoint, WallTime now) override;
    [[nodiscard]] Result<ha::ArbiterAnswer> learn(const ha::ArbiterRequest& what,
                                                  const HttpResponse& response) override;

private:
    BlobSpec spec_;
    AzureMetadata metadata_ = {};
};

} // namespace linkspan::takeover
