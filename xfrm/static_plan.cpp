#include "xfrm/describe.h"
#include "xfrm/static_state.h"

#include <algorithm>

namespace linkspan::xfrm {
namespace {

/// What is not written is what changes with every packet.
bool stands(const StateSpec& want, const ObservedState& have)
{
    return have.source == want.source && have.reqid == want.reqid && have.if_id == want.if_id &&
           have.mark == want.mark && have.digest == digest_of(*want.suite, want.keys->reveal()) &&
           have.replay_window == want.replay_window && have.esn == want.esn && have.encapsulated == want.encapsulated;
}

/// Numbers are used once under a key: a peer drops what comes with an old one.
std::uint64_t go_on_from(const StateSpec& spec, const ObservedState* have, const KnownCounters& known)
{
    const auto found = known.find(spec.key);
    auto counters = found == known.end() ? Counters{} : found->second;
    if (have && have->sent != 0) counters.sent = std::max(counters.sent, have->sent + sequence_margin);
    if (have) counters.received = std::max(counters.received, have->received);
    return spec.outbound ? counters.sent : counters.received;
}

StateSpec spec_of(const ObservedState& state)
{
    return {.key = state.key,
            .source = state.source,
            .reqid = state.reqid,
            .if_id = state.if_id,
            .mark = state.mark,
            .outbound = state.sent != 0};
}

} // namespace

std::uint64_t digest_of(const EspSuite& suite, std::string_view keys)
{
    std::uint64_t hash = 0xcbf2'9ce4'8422'2325;
    const auto take = [&](std::string_view bytes) {
        for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100'0000'01b3;
    };
    take(suite.name);
    take(keys);
    return hash;
}

Plan<StateSpec> plan_static(const std::map<StateKey, StateSpec>& want, std::span<const ObservedState> have,
                            const KnownCounters& known)
{
    std::vector<Op<StateSpec>> inbound, outbound, gone;
    std::vector<Conflict> conflicts;
    for (const auto& [key, spec] : want) {
        const auto there = std::ranges::find(have, key, &ObservedState::key);
        const auto* seen = there == have.end() ? nullptr : &*there;
        if (seen && !seen->is_static) {
            conflicts.push_back({spec.connection, describe(key), "an SA that IKE negotiated"});
            continue;
        }
        if (seen && stands(spec, *seen)) continue;
        auto fresh = spec;
        fresh.sequence = go_on_from(spec, seen, known);
        auto& ops = spec.outbound ? outbound : inbound;
        ops.push_back({seen ? Verb::Replace : Verb::Create, std::move(fresh), {}});
    }
    for (const auto& state : have)
        if (state.is_static && !want.contains(state.key)) gone.push_back({Verb::Delete, spec_of(state), {}});
    std::ranges::stable_partition(gone, [](const auto& op) { return op.spec.outbound; });
    auto& ops = inbound;
    for (auto* more : {&outbound, &gone}) std::ranges::move(*more, std::back_inserter(ops));
    return {std::move(ops), std::move(conflicts)};
}

std::string describe(const StateSpec& spec)
{
    return describe(spec.key);
}

std::string detail(const Op<StateSpec>& op)
{
    const auto& spec = op.spec;
    if (op.verb == Verb::Delete) return "its keys are no longer in the file, or its connection is down";
    std::string text = spec.outbound ? "out, " : "in, ";
    text += std::string{spec.suite->name} + ", keys \"" + spec.label + "\"";
    if (spec.sequence != 0) text += ", on from sequence number " + std::to_string(spec.sequence);
    return text;
}

} // namespace linkspan::xfrm
