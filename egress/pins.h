#pragma once

#include "base/clock.h"
#include "base/ip.h"
#include "egress/dns_message.h"
#include "egress/service_classes.h"

#include <algorithm>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace linkspan::egress {

/// One client may reach one address by the services of one class.
struct Pin {
    IpAddress client = {};
    IpAddress address = {};
    std::uint16_t service_class = 0;
    auto operator<=>(const Pin&) const = default;
};

/// What the kernel's sets have to be told: the pin stands from now on for `timeout`, whether it stood before or not.
struct Pinned {
    Pin pin = {};
    std::chrono::seconds timeout{};
    bool fresh = false; ///< it was not known before
    bool operator==(const Pinned&) const = default;
};

/// What one answer comes to. What was left out for want of room is counted, for somebody to be told.
struct Learnt {
    std::vector<Pinned> pins = {};
    std::size_t refused = 0;
    bool operator==(const Learnt&) const = default;
};

/// Which pins stand in the kernel, until when, and by which name. The kernel lets them go by itself; here they go when
/// `forget` is called or their room is needed. One that stands is never pushed out by another: a client that asks for many
/// names fills its own share, and no more.
class Pins {
public:
    struct Limits {
        std::size_t total = 100'000;
        std::size_t per_client = 8'192;
        std::size_t addresses_per_answer = 256;
        std::chrono::seconds shortest{60}; ///< many clients connect later than a TTL of seconds allows
        std::chrono::seconds longest{24 * 3600};
        std::chrono::seconds grace{0}; ///< behind either
        bool operator==(const Limits&) const = default;
    };
    /// Names by which one client has learnt one address; the oldest go first.
    static constexpr std::size_t names_kept = 8;
    using Name = std::shared_ptr<const DnsName>; ///< one for all the addresses of an answer
    using Names = boost::container::small_vector<Name, 1>;
    explicit Pins(const Limits& limits) : limits_(limits) {}

    /// The pins that `client` gets by this answer, for every class of `allowed`. A pin never ends earlier than it would have
    /// without the answer: the longer of two times counts, which the kernel does not see to by itself.
    [[nodiscard]] Learnt learn(const IpAddress& client, const DnsAnswer& answer, const ClassSet& allowed,
                               Monotonic now);

    /// The name by which the client learnt the address last, of pins that have not been forgotten.
    [[nodiscard]] std::optional<DnsName> name_of(const IpAddress& client, const IpAddress& address) const;
    /// All the names by which it learnt it, the newest last; of pins that have not been forgotten.
    [[nodiscard]] Names names_of(const IpAddress& client, const IpAddress& address) const;

    /// A client, an address it may reach, and by which names.
    struct Standing {
        IpAddress client = {};
        IpAddress address = {};
        Names names = {};
        ClassSet classes = {};
        Monotonic until = {}; ///< the last of its classes
    };
    /// Calls `visit` for all that stand at `now`.
    template <typename Visit>
    void visit(Monotonic now, Visit visit) const
    {
        for (const auto& [pair, entry] : entries_) {
            Standing standing{pair.client, pair.address, entry.names, {}, {}};
            for (const Stands& one : entry.classes) {
                if (one.until <= now) continue;
                standing.classes.push_back(one.service_class);
                standing.until = std::max(standing.until, one.until);
            }
            if (!standing.classes.empty()) visit(standing);
        }
    }
    /// Puts one that stood elsewhere (before a restart, or under other rules) here; what of it the kernel has to be told.
    [[nodiscard]] Learnt adopt(const Standing& standing, Monotonic now);

    /// The kernel did not take it: it stands no longer, so the next answer makes it anew.
    void unlearn(const Pin& pin);

    void forget(Monotonic now);
    /// How many stand, forgotten ones apart.
    [[nodiscard]] std::size_t size() const { return size_; }

private:
    /// A client and what it learnt.
    struct Pair {
        IpAddress client = {};
        IpAddress address = {};
        bool operator==(const Pair&) const = default;
    };
    struct Hash {
        std::size_t operator()(const Pair& pair) const;
    };
    struct Stands {
        std::uint16_t service_class = 0;
        Monotonic until = {};
    };
    struct Entry {
        Names names = {}; ///< each once, the newest last
        boost::container::small_vector<Stands, 2> classes = {};
    };

    /// Until when the pin stands, ready to be put off; nothing where there is no room for it.
    [[nodiscard]] Monotonic* stands(const Pair& pair, std::uint16_t service_class, Monotonic now);
    [[nodiscard]] bool has_room(const IpAddress& client, Monotonic now);
    void call(const Pair& pair, const Name& name);

    Limits limits_;
    std::unordered_map<Pair, Entry, Hash> entries_;
    std::unordered_map<IpAddress, std::size_t> per_client_; ///< pins
    std::size_t size_ = 0;
    Monotonic swept_ = {}; ///< when all were looked at last
};

} // namespace linkspan::egress
