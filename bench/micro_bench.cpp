#include "agent/compile.h"
#include "agent/plan.h"
#include "bench/gateway.h"
#include "bench/sa_event.h"
#include "config/load.h"
#include "ike/codec.h"
#include "ike/packet.h"
#include "ike/sa_codec.h"
#include "xfrm/policy_codec.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <linux/xfrm.h>

#include <cstdlib>

namespace linkspan::bench {
namespace {

constexpr std::size_t connections = 10'000;

const config::Sources& sources()
{
    static const config::Sources all{{.path = "linkspan.toml", .text = Gateway{connections, "/psk"}.file(false)}};
    return all;
}

const config::Config& configuration()
{
    static const auto loaded = config::load(sources());
    if (!loaded.config) std::abort();
    return *loaded.config;
}

agent::Facts facts()
{
    agent::Facts facts{.uplink_address = {{Family::V4, *IpAddress::parse("203.0.113.10")}}};
    const route::UnderlayPath out{{std::string{uplink}}, IpAddress::parse("203.0.113.1").value(), false};
    for (const auto& connection : configuration().connections) {
        facts.peer_paths.emplace(connection.peer, out);
        facts.secrets[connection.name].secret = std::make_shared<const Secret>(std::string_view{"secret"});
    }
    return facts;
}

const agent::Desired& desired()
{
    static const auto value = agent::compile(configuration(), facts());
    return value;
}

/// A kernel that holds exactly what is desired.
agent::Observed settled()
{
    agent::Observed seen;
    seen.links.emplace();
    for (const auto& [name, spec] : desired().links)
        (*seen.links)[name] = {.mtu = spec.mtu, .up = true, .kind = "xfrm", .ours = true, .tunnel = spec};
    seen.routes.emplace();
    for (auto route : desired().routes) {
        const auto key = key_of(route);
        route.connection = {};
        seen.routes->own_routes.emplace(key, std::move(route));
    }
    for (auto address : desired().addresses) {
        address.connection = {};
        seen.routes->own_addresses.push_back(std::move(address));
    }
    seen.policies.emplace();
    for (const auto& [key, policy] : desired().policies)
        seen.policies->push_back({.key = key, .protect = policy.protect, .ours = true});
    return seen;
}

void load_file(benchmark::State& state)
{
    for (auto _ : state) benchmark::DoNotOptimize(config::load(sources()));
}
BENCHMARK(load_file)->Unit(benchmark::kMillisecond);

void compile(benchmark::State& state)
{
    const auto known = facts();
    for (auto _ : state) benchmark::DoNotOptimize(agent::compile(configuration(), known));
}
BENCHMARK(compile)->Unit(benchmark::kMillisecond);

void plan_of_nothing_to_do(benchmark::State& state)
{
    const auto seen = settled();
    for (auto _ : state) {
        const auto planned = agent::plan(desired(), seen, {}, {});
        if (!planned.steps.empty()) state.SkipWithError("there is something to do");
    }
}
BENCHMARK(plan_of_nothing_to_do)->Unit(benchmark::kMillisecond);

void plan_of_everything(benchmark::State& state)
{
    agent::Observed seen;
    seen.links.emplace();
    seen.routes.emplace();
    seen.policies.emplace();
    for (auto _ : state) benchmark::DoNotOptimize(agent::plan(desired(), seen, {}, {}));
}
BENCHMARK(plan_of_everything)->Unit(benchmark::kMillisecond);

void encode_policies(benchmark::State& state)
{
    netlink::Message message;
    for (auto _ : state) {
        for (const auto& [key, policy] : desired().policies) {
            xfrm::encode_create(policy, message);
            benchmark::DoNotOptimize(message.wire().data());
        }
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(desired().policies.size()));
}
BENCHMARK(encode_policies)->Unit(benchmark::kMillisecond);

void decode_policies(benchmark::State& state)
{
    netlink::Message message;
    xfrm::encode_create(std::prev(desired().policies.end())->second, message);
    message.header().nlmsg_type = XFRM_MSG_NEWPOLICY;
    const auto count = static_cast<std::int64_t>(desired().policies.size());
    for (auto _ : state)
        for (std::int64_t i = 0; i < count; ++i) benchmark::DoNotOptimize(xfrm::decode_policy(message.header()));
    state.SetItemsProcessed(state.iterations() * count);
}
BENCHMARK(decode_policies)->Unit(benchmark::kMillisecond);

void decode_list_sas(benchmark::State& state)
{
    std::vector<std::string> packets;
    for (std::size_t i = 0; i < connections; ++i) {
        const auto packet =
            ike::encode_packet(ike::PacketType::Event, "list-sa", sa_event(fmt::format("site-{:05}", i), i));
        const auto bytes = packet->bytes().subspan(4);
        packets.emplace_back(bytes.data(), bytes.size());
    }
    for (auto _ : state) {
        for (const auto& bytes : packets) {
            const auto packet = ike::decode_packet(bytes);
            const auto sa = ike::decode_sa(packet->message);
            if (!sa || sa->children.size() != 1) return state.SkipWithError("not an SA");
        }
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(connections));
}
BENCHMARK(decode_list_sas)->Unit(benchmark::kMillisecond);

} // namespace
} // namespace linkspan::bench
