#pragma once

#include "base/clock.h"
#include "ha/role.h"
#include "takeover/http.h"
#include "takeover/pursuit.h"

#include <cstddef>
#include <optional>
#include <string>

namespace linkspan::takeover {

/// A cloud's way of saying things: requests come out, answers go in, nothing is sent here. What it moves is numbered
/// from 0 and never changes.
class Cloud {
public:
    Cloud() = default;
    virtual ~Cloud() = default;
    Cloud(const Cloud&) = delete;
    Cloud& operator=(const Cloud&) = delete;

    [[nodiscard]] virtual std::size_t things() const = 0;
    [[nodiscard]] virtual std::string name_of(std::size_t thing) const = 0;
    /// False where the addresses have moved without it.
    [[nodiscard]] virtual bool is_essential(std::size_t thing) const = 0;

    /// What has to be asked of the machine's metadata next; none = nothing now. One question at a time.
    [[nodiscard]] virtual std::optional<HttpRequest> next_question(WallTime now) = 0;
    /// Reply::Accepted, or what is wrong.
    [[nodiscard]] virtual Learnt answer(const HttpResponse& response, WallTime now) = 0;
    /// True where calls can be made.
    [[nodiscard]] virtual bool is_ready(WallTime now) const = 0;

    /// None: a Look has to come first.
    [[nodiscard]] virtual std::optional<HttpRequest> request(std::size_t thing, Call call, ha::Epoch epoch,
                                                             WallTime now) = 0;
    [[nodiscard]] virtual Learnt learn(std::size_t thing, Call call, ha::Epoch epoch, const HttpResponse& response) = 0;
};

} // namespace linkspan::takeover
