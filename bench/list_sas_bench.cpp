#include "bench/sa_event.h"
#include "ike/observe.h"
#include "tests/unit/ike/fake_charon.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

namespace linkspan::bench {
namespace {

constexpr std::size_t connections = 10'000;

using ike::Packet;
using ike::PacketType;
using ike::test::FakeCharon;

/// Sends each SA by itself, as charon does.
FakeCharon::Answer answer(const Packet& packet)
{
    static const auto sas = [] {
        std::vector<Packet> packets;
        for (std::size_t i = 0; i < connections; ++i)
            packets.push_back({PacketType::Event, "list-sa", sa_event(fmt::format("site-{:05}", i), i)});
        packets.push_back({PacketType::Response, {}, {}});
        return packets;
    }();
    if (auto polite = FakeCharon::polite(packet)) return *std::move(polite);
    if (packet.name == "list-sas") return {.packets = sas};
    return {.close = true};
}

/// The processor time is this thread's, which is the agent's side; charon's stand-in has a thread of its own.
void list_sas(benchmark::State& state)
{
    const FakeCharon charon{answer};
    auto client = ike::Client::connect(charon.path());
    for (auto _ : state) {
        const auto sas = ike::observe_sas(*client);
        if (!sas || sas->size() != connections || sas->back().children.size() != 1)
            return state.SkipWithError("not the SAs that were sent");
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(connections));
}
BENCHMARK(list_sas)->Unit(benchmark::kMillisecond);

} // namespace
} // namespace linkspan::bench
