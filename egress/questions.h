#pragma once

#include "base/clock.h"
#include "base/ip.h"
#include "egress/dns_message.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_map>

namespace linkspan::egress {

/// A question on its way: together with the id and the name, what a forged answer would have to guess.
struct OpenQuestion {
    IpAddress client = {};
    std::uint16_t port = 0; ///< of the client
    IpAddress resolver = {};
    DnsQuestion question = {};
    bool operator==(const OpenQuestion&) const = default;
};

/// What was asked a short while ago, so that nobody learns from an answer nobody asked for. Bounded: a client that asks
/// without end harms itself alone, and all clients together push out what is oldest, which has had its answer.
class Questions {
public:
    struct Limits {
        std::size_t total = 65'536;
        std::size_t per_client = 1'024;
        std::chrono::seconds lifetime{10}; ///< stub resolvers ask again after 5
        bool operator==(const Limits&) const = default;
    };
    explicit Questions(const Limits& limits) : limits_(limits) {}

    /// False where the client has too many open already: then this one is not remembered.
    bool asked(const OpenQuestion& question, Monotonic now);
    /// It stays asked until its time is over: a question that was sent twice is answered twice.
    [[nodiscard]] bool is_open(const OpenQuestion& question, Monotonic now) const;
    /// It has had an answer, and does not count among what its client has open any more: a host that asks for a thousand
    /// names a second and is answered is busy, and not hostile.
    void answered(const OpenQuestion& question);

    /// Takes over what was asked under other limits.
    void carry_on(Questions before);

    [[nodiscard]] std::size_t size() const { return order_.size(); }

private:
    struct Hash {
        std::size_t operator()(const OpenQuestion& question) const;
    };
    struct Open {
        Monotonic until = {};
        std::size_t turns = 0; ///< in order_
        std::size_t waits = 0; ///< how often it was asked since it was answered last
    };
    struct Turn {
        const OpenQuestion* question = nullptr; ///< a key of open_, whose place never changes
        Monotonic until = {};
    };

    void forget_first();
    void count_off(const IpAddress& client, std::size_t waited);

    Limits limits_;
    std::unordered_map<OpenQuestion, Open, Hash> open_;
    std::deque<Turn> order_; ///< rising, for all live equally long; one asked again stands here twice
    std::unordered_map<IpAddress, std::size_t> per_client_; ///< the sum of `waits`
};

} // namespace linkspan::egress
