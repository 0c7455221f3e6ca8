#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "ha/arbiter.h"
#include "takeover/http.h"
#include "takeover/pursuit.h"

#include <cstddef>
#include <optional>
#include <string>

namespace linkspan::takeover {

/// How one kind of store says "what is there" and "put this there if it is still what I saw". Requests come out, answers go
/// in, nothing is sent here.
class RecordStore {
public:
    RecordStore() = default;
    virtual ~RecordStore() = default;
    RecordStore(const RecordStore&) = delete;
    RecordStore& operator=(const RecordStore&) = delete;

    /// How many places answer for the same record: the next one is tried where one does not.
    [[nodiscard]] virtual std::size_t endpoints() const = 0;
    /// Of the machine's metadata, for credentials; none = nothing is missing.
    [[nodiscard]] virtual std::optional<HttpRequest> next_question(WallTime) { return {}; }
    [[nodiscard]] virtual Learnt answer(const HttpResponse&, WallTime) { return {Reply::Accepted, {}, {}}; }
    [[nodiscard]] virtual bool is_ready(WallTime) const { return true; }

    [[nodiscard]] virtual HttpRequest request(const ha::ArbiterRequest& what, std::size_t endpoint, WallTime now) = 0;
    /// What the store said. An error: nothing is known. `record` and `verdict` only; a refusal without a record, which
    /// some stores give, has revision 0 and asks for a read.
    [[nodiscard]] virtual Result<ha::ArbiterAnswer> learn(const ha::ArbiterRequest& what,
                                                          const HttpResponse& response) = 0;
};

} // namespace linkspan::takeover
