#include "agent/compile_nested.h"

#include "config/derive.h"

namespace linkspan::agent {

nft::Nested compile_nested(const config::Config& config)
{
    nft::Nested nested;
    for (const auto& c : config.connections) {
        const auto* bearer = config::bearer_of(config, c);
        if (!bearer || !c.enabled) continue;
        auto& entry = nested[bearer->name];
        entry.id = bearer->id;
        entry.links.insert(bearer->device);
        entry.peers.insert(c.peer);
    }
    for (const auto& c : config.connections)
        if (c.backup_of)
            if (const auto found = nested.find(*c.backup_of); found != nested.end())
                found->second.links.insert(c.device);
    return nested;
}

} // namespace linkspan::agent
