#include "egress/dns_message.h"

#include <benchmark/benchmark.h>
#include <ldns/ldns.h>

#include <cstdlib>
#include <string_view>
#include <vector>

/// What a resolver's answer costs to read, beside ldns.

namespace linkspan::bench {
namespace {

using namespace std::string_view_literals;

/// www.example.com has three addresses, with an OPT record behind, as a resolver of today answers.
constexpr auto three_addresses = "\x12\x34\x81\x80\0\1\0\3\0\0\0\1\3www\7example\3com\0\0\1\0\1"
                                 "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1"
                                 "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\2"
                                 "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\3"
                                 "\0\0\x29\x04\xd0\0\0\0\0\0\0"sv;

std::vector<std::uint8_t> message()
{
    return {three_addresses.begin(), three_addresses.end()};
}

void decode_three_addresses(benchmark::State& state)
{
    const auto bytes = message();
    for (auto _ : state) {
        auto answer = egress::decode_answer(bytes);
        if (!answer || answer->addresses.size() != 3) std::abort();
        benchmark::DoNotOptimize(answer);
    }
}
BENCHMARK(decode_three_addresses);

void decode_three_addresses_ldns(benchmark::State& state)
{
    const auto bytes = message();
    for (auto _ : state) {
        ldns_pkt* packet = nullptr;
        if (ldns_wire2pkt(&packet, bytes.data(), bytes.size()) != LDNS_STATUS_OK) std::abort();
        benchmark::DoNotOptimize(packet);
        ldns_pkt_free(packet);
    }
}
BENCHMARK(decode_three_addresses_ldns);

} // namespace
} // namespace linkspan::bench
