#include "bench/shell.h"
#include "nft/nat_apply.h"
#include "nft/nat_observe.h"
#include "nft/nat_plan.h"
#include "tests/netns/own_namespace.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <linux/netlink.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace linkspan::bench {
namespace {

constexpr std::uint32_t connections = 1'000, prefixes = 32;

std::string network(std::uint32_t first_byte, std::uint32_t number)
{
    return fmt::format("{}.{}.{}.0/24", first_byte + (number >> 16), number >> 8 & 0xff, number & 0xff);
}

/// 32 networks of each connection, each behind another.
nft::NatTable table()
{
    nft::Nat nat;
    for (std::uint32_t c = 0; c < connections; ++c) {
        auto& mouth = nat.mouths[{0x1000'0000 + c}];
        mouth.connection = fmt::format("site-{:04}", c);
        for (std::uint32_t p = 0; p < prefixes; ++p)
            mouth.remote.push_back(
                {IpPrefix::parse(network(10, c * prefixes + p)).value(), IpPrefix::parse(network(100, p)).value()});
    }
    return nft::table_of(nat);
}

/// The same maps with the same elements in nft's language. It has no words for the rest, which is some forty rules.
std::string nft_file(const nft::NatTable& table)
{
    std::string text = "table inet beside {\n";
    for (const auto& map : nft::maps_of(*table.elements)) {
        text += fmt::format("map {} {{ type mark . ipv4_addr : ipv4_addr; elements = {{\n", name_of(map));
        for (const auto& element : *table.elements)
            if (element.map == map)
                text +=
                    fmt::format("{:#x} . {} : {},\n", element.key.reqid.value, element.from.text(), element.to.text());
        text += "} }\n";
    }
    return text + "}\n";
}

bool own_namespace()
{
    static const bool entered = test::enter_own_namespace().empty();
    return entered;
}

void nat_table_made(benchmark::State& state)
{
    if (!own_namespace()) return state.SkipWithError("needs a network namespace of its own");
    const auto wanted = table();
    for (auto _ : state) {
        if (!nft::apply(Op<nft::NatTable>{.verb = Verb::Create, .spec = wanted})) return state.SkipWithError("refused");
        state.PauseTiming();
        auto socket = netlink::Socket::open(NETLINK_NETFILTER);
        const auto seen = nft::observe_nat(*socket);
        if (!seen || !(*seen == wanted)) return state.SkipWithError("it is not what was written");
        if (!nft::apply(Op<nft::NatTable>{.verb = Verb::Delete, .spec = wanted})) return state.SkipWithError("stays");
        state.ResumeTiming();
    }
    state.counters["elements"] = static_cast<double>(wanted.elements->size());
}
BENCHMARK(nat_table_made)->Unit(benchmark::kMillisecond)->UseRealTime();

void nat_table_by_nft(benchmark::State& state)
{
    if (!own_namespace()) return state.SkipWithError("needs a network namespace of its own");
    const auto path = std::filesystem::temp_directory_path() / fmt::format("linkspan-nat-{}.nft", ::getpid());
    std::ofstream{path} << nft_file(table());
    for (auto _ : state) {
        if (!run({"nft", "-f", path})) return state.SkipWithError("nft refused");
        state.PauseTiming();
        if (!run({"nft", "delete", "table", "inet", "beside"})) return state.SkipWithError("stays");
        state.ResumeTiming();
    }
    std::filesystem::remove(path);
}
BENCHMARK(nat_table_by_nft)->Unit(benchmark::kMillisecond)->UseRealTime();

} // namespace
} // namespace linkspan::bench
