#include "config/read.h"

#include <algorithm>

namespace linkspan::config {

void read_through(Reader& reader, const Key& key, const Value& value, ConnectionDraft& into)
{
    auto text = reader.text(key, value);
    if (!text) return;
    into.connection.through = ConnectionName{std::move(text->text)};
    into.through = text->span;
}

void settle_through(Draft& draft)
{
    for (auto& inner : draft.connections) {
        auto& c = inner.connection;
        if (!c.through || c.local_address || inner.local_address.line != 0) continue;
        const auto bearer = std::ranges::find(draft.connections, *c.through,
                                              [](const ConnectionDraft& d) { return d.connection.name; });
        if (bearer == draft.connections.end()) continue;
        for (const auto& inside : bearer->connection.tunnel_addresses)
            if (inside.address.family == c.peer.family) c.local_address = inside.address;
    }
}

} // namespace linkspan::config
