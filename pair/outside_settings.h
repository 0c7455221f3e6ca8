#pragma once

#include "base/error.h"
#include "config/ha.h"
#include "pair/own_links.h"
#include "takeover/aws_spec.h"
#include "takeover/azure_spec.h"
#include "takeover/ballot.h"
#include "takeover/blob.h"
#include "takeover/dynamodb.h"
#include "takeover/etcd.h"
#include "takeover/exec_spec.h"
#include "takeover/transfers.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace linkspan::pair {

/// What of the pair is outside of this machine: who moves its addresses there, who keeps whose tenure it is, and who asks
/// whether it is active.
struct OutsideSpec {
    /// None = announcements suffice.
    std::variant<std::monostate, takeover::ExecSpec, takeover::AwsSpec, takeover::AzureSpec> mover = {};
    /// None = availability first.
    std::variant<std::monostate, takeover::EtcdSpec, takeover::DynamoDbSpec, takeover::BlobSpec> arbiter = {};
    takeover::TlsFiles tls = {}; ///< towards the arbiter
    takeover::BallotTiming ballot = {};
    std::uint16_t probe_port = 0; ///< TCP; 0 = no load balancer asks
    bool operator==(const OutsideSpec&) const = default;
};

/// `gateway`: this one's name, for hooks; `links`: of this machine. Kind::Config where the cloud's interfaces cannot be told
/// from those.
[[nodiscard]] Result<OutsideSpec> outside_of(const config::Ha& file, std::string gateway, const OwnLinks& links);

/// "exec"; empty = nobody moves anything.
[[nodiscard]] std::string_view mover_of(const OutsideSpec& spec);
/// "etcd"; empty = nobody is asked.
[[nodiscard]] std::string_view arbiter_of(const OutsideSpec& spec);

} // namespace linkspan::pair
