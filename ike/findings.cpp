#include "ike/findings.h"

#include <algorithm>
#include <tuple>

namespace linkspan::ike {

std::vector<Duplicate> find_duplicates(const SaView& view)
{
    std::map<std::pair<ConnectionName, std::string>, std::vector<std::uint64_t>> carrying;
    for (const IkeSa& sa : view)
        for (const ChildSa& child : sa.children)
            if (is_up(child)) carrying[{sa.connection, child.name}].push_back(child.unique_id);

    std::vector<Duplicate> duplicates;
    for (auto& [key, ids] : carrying) {
        if (ids.size() < 2) continue;
        std::ranges::sort(ids);
        duplicates.emplace_back(Duplicate{key.first, std::move(ids)});
    }
    return duplicates;
}

std::vector<Ambiguity> find_ambiguities(const std::map<ConnectionName, ConnectionSpec>& connections)
{
    std::vector<Ambiguity> found;
    std::map<std::tuple<std::string_view, std::string_view>, const ConnectionSpec*> by_ids;
    for (const auto& [name, spec] : connections) {
        auto [seen, first] = by_ids.try_emplace({spec.local_id, spec.remote_id}, &spec);
        if (first) continue;
        const ConnectionSpec& other = *seen->second;
        if (!same_psk(other, spec))
            found.emplace_back(Ambiguity{other.name, name,
                                         "both use the identities " + spec.local_id + " and " + spec.remote_id +
                                             " with different pre-shared keys; charon cannot know which key is meant"});
        else if (other.local == spec.local && other.remote == spec.remote)
            found.emplace_back(Ambiguity{other.name, name,
                                         "both join the same two addresses and identities; charon cannot know which "
                                         "one a peer means"});
    }
    return found;
}

} // namespace linkspan::ike
