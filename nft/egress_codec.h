#pragma once

#include "base/ip.h"
#include "netlink/message.h"
#include "nft/ranges.h"

#include <linux/netlink.h>

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace linkspan::nft {

/// Elements of the sets of `inet linkspan_egress`, by raw netlink: libnftables reads a whole set of intervals before it
/// changes one element, and takes 50 us for an element of any set where this takes 2.

inline constexpr std::size_t ranges_per_message = 24;
void encode_ranges(const std::string& set, std::span<const Range> ranges, bool create, netlink::Message& message);

/// One client and one address it may reach, in a set of pins.
struct PinElement {
    std::string set = {};
    IpAddress client = {};
    IpAddress address = {};
    std::chrono::milliseconds timeout{}; ///< 0 where it is to be deleted
    bool fresh = false;                  ///< nobody has written it yet, as far as is known
    bool operator==(const PinElement&) const = default;
};

/// What a message says of pins. AddFresh: an error, EEXIST, where one of them stands.
enum class PinVerb : std::uint8_t { Add, AddFresh, Delete };
inline constexpr std::size_t pins_per_message = 48;
/// All of one set, and at most as many as a message takes.
void encode_pins(std::span<const PinElement> pins, PinVerb verb, netlink::Message& message);

/// The elements of a set of intervals, from a dump; in whatever order the kernel gives them.
struct SeenEdge {
    IpAddress address = {};
    bool end = false; ///< it is the first behind an interval
    auto operator<=>(const SeenEdge&) const = default;
};
void decode_edges(const nlmsghdr& message, Family family, std::vector<SeenEdge>& into);
[[nodiscard]] Ranges ranges_between(std::vector<SeenEdge> edges, Family family);

struct SeenChain {
    std::string name = {};
    std::string line = {}; ///< as in EgressTable::shape
};
[[nodiscard]] std::optional<SeenChain> decode_egress_chain(const nlmsghdr& message);
[[nodiscard]] std::optional<std::string> decode_egress_set(const nlmsghdr& message);
/// The chain, and the rule's comment.
[[nodiscard]] std::optional<std::pair<std::string, std::string>> decode_egress_rule(const nlmsghdr& message);
/// True for our table; false for another one.
[[nodiscard]] bool is_egress_table(const nlmsghdr& message);

/// Packets that passed behind the queue of answers since the table was made; nothing for any other message.
void encode_answers_question(netlink::Message& message);
[[nodiscard]] std::optional<std::uint64_t> decode_answers(const nlmsghdr& message);

} // namespace linkspan::nft
