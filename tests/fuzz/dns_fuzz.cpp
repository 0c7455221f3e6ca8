#include "egress/dns_message.h"

#include <cstdint>
#include <cstdlib>
#include <span>

/// What anybody may send who can forge a resolver's address. Beyond not crashing: what is found is no more than what could
/// stand in the message, names are names, and nothing is found that was not asked for.

namespace {

using namespace linkspan;
using namespace linkspan::egress;

void require(bool condition)
{
    if (!condition) std::abort();
}

void require_sound(const DnsName& name)
{
    require(name.empty() || DnsName::parse(name.text()) == name);
}

void require_sound(const DnsAnswer& answer, std::size_t size)
{
    require_sound(answer.question.name);
    require(answer.chain.size() <= max_chain);
    for (const DnsName& alias : answer.chain) require_sound(alias);
    require(answer.addresses.size() <= size / 4);
    for (const FoundAddress& found : answer.addresses) {
        require(found.ttl <= INT32_MAX);
        if (answer.question.type == RecordType::A) require(found.address.family == Family::V4);
        if (answer.question.type == RecordType::Aaaa) require(found.address.family == Family::V6);
    }
    require(answer.rcode == 0 || answer.addresses.empty());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::span message{data, size};
    const auto query = decode_query(message);
    const auto answer = decode_answer(message);
    require(!query || !answer); // a message is one or the other
    if (query) require_sound(query->name);
    if (answer) require_sound(*answer, size);
    return 0;
}
