#include "ike/findings.h"

#include "base/identity.h"

#include <algorithm>
#include <utility>

namespace linkspan::ike {

namespace {

/// One notation for one identity: "@hub" and "fqdn:HUB" are the same.
Identity identity_of(const std::string& text)
{
    return Identity::parse(text).value_or(Identity{Identity::Type::KeyId, text});
}

bool same_ends(const ConnectionSpec& a, const ConnectionSpec& b)
{
    return a.local == b.local && a.remote == b.remote;
}

/// In main mode the identities travel encrypted with the key, so charon finds it by the addresses.
bool is_main_mode(const ConnectionSpec& spec)
{
    return spec.version == 1 && !spec.aggressive;
}

std::string obstacle(const ConnectionSpec& a, const ConnectionSpec& b, bool same_ids)
{
    const bool by_psk = a.psk && b.psk;
    if (same_ids && by_psk && !same_psk(a, b))
        return "both use the identities " + a.local_id + " and " + a.remote_id +
               " with different pre-shared keys; charon cannot know which key is meant";
    if (same_ids && same_ends(a, b) && bool(a.x509) == bool(b.x509))
        return "both join the same two addresses and identities; charon cannot know which one a peer means";
    if (by_psk && same_ends(a, b) && (is_main_mode(a) || is_main_mode(b)) && !same_psk(a, b))
        return "both join the same two addresses with different pre-shared keys, and IKEv1 main mode knows the peer by "
               "its "
               "address only; charon cannot know which key is meant";
    return {};
}

} // namespace

std::vector<Ambiguity> find_ambiguities(const std::map<ConnectionName, ConnectionSpec>& connections)
{
    using Ids = std::pair<Identity, Identity>;
    using Ends = std::pair<IpAddress, IpAddress>;
    std::vector<Ambiguity> found;
    std::map<Ids, std::vector<const ConnectionSpec*>> by_ids;
    std::map<Ends, std::vector<const ConnectionSpec*>> by_ends; // filled only where somebody speaks main mode
    const bool main_mode = std::ranges::any_of(connections, [](const auto& c) { return is_main_mode(c.second); });
    for (const auto& [name, spec] : connections) {
        auto& same_ids = by_ids[{identity_of(spec.local_id), identity_of(spec.remote_id)}];
        auto& same_ends = by_ends[{spec.local, spec.remote}];
        // The first of each group stands for it: who differs from it is told, and that suffices to refuse.
        std::string what;
        const ConnectionSpec* other = nullptr;
        const auto compare = [&](const std::vector<const ConnectionSpec*>& group, bool ids) {
            for (const auto* candidate : group)
                if (what.empty() && !(what = obstacle(*candidate, spec, ids)).empty()) other = candidate;
        };
        compare(same_ids, true);
        compare(same_ends, false);
        if (other) found.emplace_back(Ambiguity{other->name, name, std::move(what)});
        if (same_ids.size() < 2) same_ids.push_back(&spec);
        if (main_mode) same_ends.push_back(&spec);
    }
    return found;
}

} // namespace linkspan::ike
