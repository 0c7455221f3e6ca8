#include "agent/compile_static.h"

#include "config/derive.h"
#include "xfrm/describe.h"

namespace linkspan::agent {
namespace {

using config::Connection;

void add(const Connection& c, const config::Generation& generation, bool outbound, const IpAddress& local,
         Desired& desired)
{
    const auto& sa = outbound ? generation.out : generation.in;
    xfrm::StateSpec spec{.key = {outbound ? c.peer : local, sa.spi}, .source = outbound ? local : c.peer};
    spec.reqid = {c.id.value};
    spec.if_id = config::if_id_of(c);
    spec.mark = config::mark_of(c);
    spec.outbound = outbound;
    spec.suite = generation.suite;
    spec.keys = sa.keys;
    spec.replay_window = c.replay_window;
    spec.esn = generation.esn;
    spec.encapsulated = c.nat_traversal == config::NatTraversal::Force;
    spec.label = generation.name;
    spec.connection = c.name;
    const auto [there, is_new] = desired.states.emplace(spec.key, spec);
    if (!is_new)
        desired.problems.push_back({c.name, "static keys of " + c.name.value,
                                    xfrm::describe(spec.key) + " is also of connection " +
                                        there->second.connection.value + ": give one of the two another SPI"});
}

} // namespace

bool has_static_keys(const Connection& c)
{
    return !c.keys.name.empty();
}

void compile_static(const Connection& c, const Facts& facts, const std::optional<IpAddress>& local, Desired& desired)
{
    if (!c.enabled || facts.held_down.contains(c.name) || !local) return;
    const auto found = facts.secrets.find(c.name);
    const bool is_read = found != facts.secrets.end();
    if (!is_read || !found->second.keys) {
        desired.problems.push_back(
            {c.name, "static keys of " + c.name.value, is_read ? found->second.error : "they were not read"});
        return;
    }
    for (const auto& generation : found->second.keys->generations) {
        add(c, generation, false, *local, desired);
        if (generation.sends) add(c, generation, true, *local, desired);
    }
}

} // namespace linkspan::agent
