#pragma once

#include "takeover/record_store.h"

#include <string>
#include <vector>

namespace linkspan::takeover {

struct EtcdSpec {
    std::vector<std::string> endpoints = {}; ///< "https://10.255.0.9:2379", of one cluster
    std::string key = {};                    ///< where the record is; of this pair alone
    bool operator==(const EtcdSpec&) const = default;
};

/// etcd, through its JSON gateway (version 3 of its API). The value is the epoch in decimal, so that a person can read it;
/// the revision is etcd's mod_revision. Reads are linearizable, as a range is unless it says otherwise.
class EtcdStore final : public RecordStore {
public:
    explicit EtcdStore(EtcdSpec spec) : spec_(std::move(spec)) {}

    [[nodiscard]] std::size_t endpoints() const override { return spec_.endpoints.size(); }
    [[nodiscard]] HttpRequest request(const ha::ArbiterRequest& what, std::size_t endpoint, WallTime now) override;
    [[nodiscard]] Result<ha::ArbiterAnswer> learn(const ha::ArbiterRequest& what,
                                                  const HttpResponse& response) override;

private:
    EtcdSpec spec_;
};

} // namespace linkspan::takeover
