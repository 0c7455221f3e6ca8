#include "agent/static_status.h"

#include <algorithm>

namespace linkspan::agent {
namespace {

constexpr std::uint64_t last_of(bool esn)
{
    return esn ? ~std::uint64_t{0} : 0xffff'ffff;
}

} // namespace

std::vector<xfrm::StateKey> static_keys_of(const ConnectionName& name, const Desired& desired)
{
    std::vector<xfrm::StateKey> keys;
    for (const auto& [key, spec] : desired.states)
        if (spec.connection == name) keys.push_back(key);
    return keys;
}

std::vector<bus::StaticSa> static_sas_of(const ConnectionName& name, const Reconciler& reconciler)
{
    std::vector<bus::StaticSa> sas;
    for (const auto& [key, spec] : reconciler.desired().states) {
        if (spec.connection != name) continue;
        bus::StaticSa sa{.generation = spec.label, .outbound = spec.outbound, .spi = key.spi.value};
        sa.suite = spec.suite->name;
        sa.esn = spec.esn;
        const auto& there = reconciler.static_sas();
        if (const auto found = std::ranges::find(there, key, &xfrm::ObservedState::key); found != there.end()) {
            sa.installed = true;
            sa.sequence = spec.outbound ? found->sent : found->received;
            sa.bytes = found->bytes;
            sa.packets = found->packets;
            sa.added = found->added;
        }
        sa.left = last_of(sa.esn) - sa.sequence;
        sas.push_back(std::move(sa));
    }
    std::ranges::stable_sort(sas, {}, &bus::StaticSa::generation);
    return sas;
}

bus::State state_of_static(const ConnectionName& name, const Reconciler& reconciler,
                           const std::vector<bus::Unsynced>& unsynced)
{
    const auto sas = static_sas_of(name, reconciler);
    const bool whole = !sas.empty() && std::ranges::all_of(sas, &bus::StaticSa::installed);
    if (whole) return unsynced.empty() ? bus::State::Up : bus::State::Degraded;
    return unsynced.empty() ? bus::State::Connecting : bus::State::Failed;
}

std::vector<std::string> static_warnings(const std::vector<bus::StaticSa>& sas)
{
    std::vector<std::string> warnings;
    for (const auto& sa : sas) {
        if (sa.left >= last_of(sa.esn) / 4) continue;
        warnings.push_back("keys \"" + sa.generation + "\" have " + std::to_string(sa.left) +
                           " sequence numbers left " + (sa.outbound ? "out" : "in") +
                           "; then the SA carries nothing more: both gateways need new keys before that");
    }
    return warnings;
}

std::optional<IpAddress> local_end_of(const ConnectionName& name, const Desired& desired)
{
    for (const auto& [key, spec] : desired.states)
        if (spec.connection == name) return spec.outbound ? spec.source : key.destination;
    return {};
}

} // namespace linkspan::agent
