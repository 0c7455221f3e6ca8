#pragma once

#include "base/dns_name.h"
#include "egress/segment.h"
#include "egress/streams.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>

namespace linkspan::egress {

/// What the name of a stream has to be (config: sni).
enum class NameCheck : std::uint8_t { Off, IfPresent, Require };

/// What becomes of a segment of a stream whose name has not been seen.
enum class GateVerdict : std::uint8_t {
    Pass,   ///< it goes on, and the next is asked about again
    Allow,  ///< it goes on, and so does all that follows
    Refuse, ///< the session ends
    Drop,   ///< it is lost; its sender sends it again, or another
};

struct Gated {
    GateVerdict verdict = GateVerdict::Drop;
    DnsName name = {};    ///< that was said, where one was
    const char* why = ""; ///< of a refusal
};

/// Looks at streams to ports 443 and 80 until they have said a name. What cannot be read is refused where a name is
/// required; bytes of an unfinished name go on to the server, at most 16,384 of them, which can do nothing with them:
/// clients that write theirs in pieces wait for an answer to each.
class NameGate {
public:
    /// Whether the flow may go on under that name.
    using Fits = std::function<bool(const Flow&, const DnsName&)>;

    [[nodiscard]] Gated judge(const Segment& segment, NameCheck check, const Fits& fits);
    [[nodiscard]] std::size_t size() const { return streams_.size(); }

private:
    [[nodiscard]] Gated read(const Segment& segment, NameCheck check, const Fits& fits);
    [[nodiscard]] Gated look(const Segment& segment, NameCheck check, const Fits& fits);
    void remember(const Flow& flow, GateVerdict verdict);

    Streams streams_{Streams::Limits{}};
    /// What stood in the queue behind the segment that decided.
    std::map<Flow, GateVerdict> decided_;
    std::deque<Flow> order_; ///< of decisions, the oldest first
};

} // namespace linkspan::egress
