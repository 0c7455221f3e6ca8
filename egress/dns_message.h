#pragma once

#include "base/dns_name.h"
#include "base/ip.h"

#include <boost/container/small_vector.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace linkspan::egress {

/// The types of records that lead to an address (RFC 1035, 3596, 9460), by their numbers; all others lead nowhere.
enum class RecordType : std::uint16_t { Other = 0, A = 1, Cname = 5, Aaaa = 28, Svcb = 64, Https = 65, Any = 255 };

/// What was asked. The empty name: something that no host can be called, which no rule names either.
struct DnsQuestion {
    std::uint16_t id = 0;
    DnsName name = {};
    RecordType type = RecordType::A;
    bool operator==(const DnsQuestion&) const = default;
};

/// An address that the name asked for leads to.
struct FoundAddress {
    IpAddress address = {};
    std::uint32_t ttl = 0; ///< seconds, the least along the chain that led here
    bool operator==(const FoundAddress&) const = default;
};

/// What an answer says about the name that was asked for, and about no other.
struct DnsAnswer {
    DnsQuestion question = {};
    std::uint8_t rcode = 0;          ///< 0: no error; 3: no such name
    bool truncated = false;          ///< the client will ask again, by TCP
    std::vector<DnsName> chain = {}; ///< what the name is an alias of, in order
    boost::container::small_vector<FoundAddress, 8> addresses = {};
    bool operator==(const DnsAnswer&) const = default;
};

/// More aliases in a row than this are a loop, or might as well be one.
constexpr std::size_t max_chain = 16;

/// A query of one question of class IN. Kind::Protocol for anything else, and for what is malformed up to its question.
[[nodiscard]] Result<DnsQuestion> decode_query(std::span<const std::uint8_t> message);

/// An answer to such a query. Addresses are those of records of the type that was asked for, and the hints of HTTPS and
/// SVCB records, whose owner is the name itself or what its chain of aliases ends at; everything else in the message is
/// passed over, the sections behind the answers unread. Memory is taken for what is there, never for what a count says.
/// Kind::Protocol for what is no answer and for what is malformed within the part that is read: nothing is learnt of it.
[[nodiscard]] Result<DnsAnswer> decode_answer(std::span<const std::uint8_t> message);

} // namespace linkspan::egress
