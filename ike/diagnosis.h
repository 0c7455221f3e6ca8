#pragma once

#include "base/ip.h"
#include "ike/cause.h"

#include <deque>
#include <optional>
#include <string>

namespace linkspan::ike {

/// Why a negotiation failed, and whose it was.
struct Finding {
    std::string connection = {};        ///< empty: charon did not know
    std::optional<IpAddress> peer = {}; ///< who negotiated, where that was said
    Cause cause = {};
};

/// Reads charon's log as a story: a peer's attempt is nobody's until it has said who it is, and the line that says why
/// it failed does not say whose it was. Remembers a few words of the attempts seen last, and no more of them than a
/// fixed number.
class Diagnosis {
public:
    [[nodiscard]] std::optional<Finding> add(const LogLine& line);

private:
    struct Attempt {
        std::uint64_t unique_id = 0;
        std::optional<IpAddress> peer = {};
        std::string identity = {};     ///< what was last said about who the peer says it is
        bool judges_older_one = false; ///< the certificate the peer has shown was refused: what follows is of others
    };
    Attempt& attempt(std::uint64_t unique_id);
    void remember(const LogLine& line);

    std::deque<Attempt> attempts_; ///< the newest last
};

} // namespace linkspan::ike
