#include "egress/dns_message.h"

#include "egress/dns_reader.h"
#include "egress/svcb.h"

#include <algorithm>
#include <array>
#include <utility>

namespace linkspan::egress {
namespace {

constexpr std::uint16_t class_in = 1;
constexpr std::size_t max_message = 65535; // what 16 bits of length allow, of UDP as of TCP

/// The second word of the header (RFC 1035 section 4.1.1).
struct Flags {
    bool response = false;
    unsigned opcode = 0;
    bool truncated = false;
    std::uint8_t rcode = 0;
};

struct Header {
    std::uint16_t id = 0;
    Flags flags = {};
    std::uint16_t questions = 0;
    std::uint16_t answers = 0;
};

struct Record {
    NameAt owner = {};
    RecordType type = RecordType::A;
    std::uint32_t ttl = 0;
    NameAt target = {};                      ///< of a CNAME
    std::span<const std::uint8_t> data = {}; ///< of any other
};

using Records = boost::container::small_vector<Record, 8>;

Flags flags_of(std::uint16_t word)
{
    return {.response = (word & 0x8000) != 0,
            .opcode = (word >> 11) & 0xfU,
            .truncated = (word & 0x0200) != 0,
            .rcode = static_cast<std::uint8_t>(word & 0xf)};
}

Header read_header(DnsReader& in)
{
    Header header{.id = in.u16(), .flags = flags_of(in.u16()), .questions = in.u16(), .answers = in.u16()};
    (void)in.u32(); // how many records of the other sections
    if (header.flags.opcode != 0) in.fail("is no standard query");
    if (header.questions != 1) in.fail("does not have exactly one question");
    return header;
}

RecordType type_of(std::uint16_t number)
{
    constexpr std::array known{RecordType::A,    RecordType::Cname, RecordType::Aaaa,
                               RecordType::Svcb, RecordType::Https, RecordType::Any};
    const auto* found = std::ranges::find(known, number, [](RecordType type) { return std::to_underlying(type); });
    return found == known.end() ? RecordType::Other : *found;
}

struct Question {
    NameAt name = {};
    RecordType type = RecordType::A;
};

Question read_question(DnsReader& in)
{
    const Question question{.name = in.name(), .type = type_of(in.u16())};
    if (in.u16() != class_in) in.fail("asks for another class than IN");
    return question;
}

/// RFC 2181 section 8: a TTL with its highest bit set is none.
std::uint32_t ttl_of(std::uint32_t field)
{
    return (field & 0x8000'0000U) != 0 ? 0 : field;
}

/// The next record; of another class than IN it has no data, and so leads nowhere.
void read_record(DnsReader& in, Record& record)
{
    record.owner = in.name();
    record.type = type_of(in.u16());
    const bool internet = in.u16() == class_in;
    record.ttl = ttl_of(in.u32());
    const std::size_t size = in.u16();
    if (!internet) {
        record.type = RecordType::Other;
        (void)in.bytes(size);
    } else if (record.type == RecordType::Cname) {
        const std::size_t end = in.position() + size;
        record.target = in.name();
        if (in.position() != end) in.fail("has an alias of the wrong length");
    } else {
        record.data = in.bytes(size);
    }
}

/// Records and addresses are filled in where they stay: to move one just written stalls the processor, which was a third of
/// the time of decoding.
Records read_records(DnsReader& in, unsigned count)
{
    Records records;
    for (; count > 0 && !in.failed(); --count) read_record(in, records.emplace_back());
    return records;
}

/// What is followed from the name that was asked for to the one that has the addresses.
struct End {
    NameAt name = {};
    std::uint32_t ttl = UINT32_MAX;
};

End follow_aliases(DnsReader& in, const Records& records, NameAt name, std::vector<DnsName>& chain)
{
    End end{name};
    for (;;) {
        const auto alias = std::ranges::find_if(records, [&](const Record& record) {
            return record.type == RecordType::Cname && in.same(record.owner, end.name);
        });
        if (alias == records.end() || in.failed()) return end;
        if (chain.size() == max_chain) return in.fail("has a chain of aliases without an end"), end;
        chain.push_back(in.host(alias->target));
        end = {alias->target, std::min(end.ttl, alias->ttl)};
    }
}

void add_addresses(DnsReader& in, const Record& record, std::uint32_t ttl, DnsAnswer& answer)
{
    const auto add = [&](std::span<const std::uint8_t> octets) {
        FoundAddress& found = answer.addresses.emplace_back();
        found.ttl = ttl;
        found.address.family = octets.size() == 4 ? Family::V4 : Family::V6;
        std::ranges::copy(octets, found.address.bytes.begin());
    };
    switch (record.type) {
    case RecordType::A:
    case RecordType::Aaaa:
        if (record.data.size() == (record.type == RecordType::A ? 4U : 16U))
            add(record.data);
        else
            in.fail("has an address of the wrong length");
        break;
    case RecordType::Svcb:
    case RecordType::Https:
        if (!for_each_hint(record.data, add)) in.fail("has a malformed service record");
        break;
    default: break;
    }
}

bool asked_for(RecordType type, RecordType question)
{
    return type == question || question == RecordType::Any;
}

Error malformed(const DnsReader& in)
{
    return {Kind::Protocol, 0, "the DNS message " + std::string{in.problem()}};
}

} // namespace

Result<DnsQuestion> decode_query(std::span<const std::uint8_t> message)
{
    DnsReader in{message.first(std::min(message.size(), max_message))};
    const Header header = read_header(in);
    if (header.flags.response) in.fail("is an answer where a query was expected");
    const Question question = read_question(in);
    DnsQuestion asked{header.id, in.host(question.name), question.type};
    if (in.failed()) return std::unexpected(malformed(in));
    return asked;
}

Result<DnsAnswer> decode_answer(std::span<const std::uint8_t> message)
{
    DnsReader in{message.first(std::min(message.size(), max_message))};
    const Header header = read_header(in);
    if (!header.flags.response) in.fail("is a query where an answer was expected");
    const Question question = read_question(in);
    const Records records = read_records(in, header.answers);

    Result<DnsAnswer> answer{std::in_place};
    answer->question.id = header.id;
    answer->question.name = in.host(question.name);
    answer->question.type = question.type;
    answer->rcode = header.flags.rcode;
    answer->truncated = header.flags.truncated;
    if (header.flags.rcode == 0) {
        const End end = follow_aliases(in, records, question.name, answer->chain);
        for (const Record& record : records)
            if (asked_for(record.type, question.type) && in.same(record.owner, end.name))
                add_addresses(in, record, std::min(end.ttl, record.ttl), *answer);
    }
    if (in.failed()) return std::unexpected(malformed(in));
    return answer;
}

} // namespace linkspan::egress
