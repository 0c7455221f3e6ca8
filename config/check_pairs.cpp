#include "config/check.h"
#include "config/pairs.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace linkspan::config {
namespace {

/// A pair, whose it is, and where its remote end is written.
struct Placed {
    Pair pair = {};
    const ConnectionDraft* owner = nullptr;
    Span at = {};
};

/// All pairs of the enabled connections in policy mode, in the order of the files.
std::vector<Placed> collect(const Draft& draft)
{
    std::vector<Placed> all;
    for (const auto& c : draft.connections) {
        if (!c.connection.enabled || c.connection.mode != Mode::Policy) continue;
        for (const auto& local : c.connection.local_subnets)
            for (std::size_t i = 0; i < c.connection.remote_subnets.size(); ++i)
                if (const auto& remote = c.connection.remote_subnets[i]; go_together(local, remote))
                    all.push_back({{local, remote}, &c, c.remote_subnets[i]});
    }
    return all;
}

/// What the kernel takes for the selector: the protocol may be written at either end.
Pair normal(const Pair& pair)
{
    return {{pair.local.prefix, pair.protocol(), pair.local.port},
            {pair.remote.prefix, pair.protocol(), pair.remote.port}};
}

std::string with(const Placed& other, const Placed& own)
{
    return other.owner == own.owner ? std::string{"this connection"} : reference(*other.owner);
}

std::string words(const Pair& pair)
{
    return pair.local.text() + " and " + pair.remote.text();
}

void check_identical(const std::vector<Placed>& pairs, Diagnostics& diagnostics)
{
    std::map<Pair, const Placed*> first;
    for (const auto& placed : pairs) {
        const auto [it, is_new] = first.emplace(normal(placed.pair), &placed);
        if (is_new) continue;
        const bool same = it->second->owner == placed.owner;
        add_error(diagnostics, *placed.owner, placed.at,
                  "the pair " + words(placed.pair) + " is " + (same ? "twice in this connection" : "also one of ") +
                      (same ? std::string{} : reference(*it->second->owner)),
                  same ? "remove one of them"
                       : "traffic between two networks is protected by one connection: remove the pair from one of the "
                         "two, or set `enabled = false` in one");
    }
}

void check_reqids(const std::vector<Placed>& pairs, Diagnostics& diagnostics)
{
    std::map<Reqid, const Placed*> first;
    for (const auto& placed : pairs) {
        const auto& c = placed.owner->connection;
        if (c.selectors != Selectors::Each) continue;
        const auto [it, is_new] = first.emplace(reqid_of(c, placed.pair), &placed);
        const bool identical = !is_new && it->second->owner == placed.owner && it->second->pair == placed.pair;
        if (is_new || identical) continue;
        add_error(diagnostics, *placed.owner, placed.at,
                  "the number made for the pair " + words(placed.pair) + " is also that of " + words(it->second->pair) +
                      " of " + with(*it->second, placed),
                  "give this connection another `id`, like `id = 1`: the numbers of its pairs are made from it");
    }
}

/// Says of `one` that it meets `other`, which is written earlier.
void report_overlap(const Placed& one, const Placed& other, Diagnostics& diagnostics)
{
    const bool inside = other.pair.contains(one.pair), around = one.pair.contains(other.pair);
    const std::string relation = inside ? " lies within " : around ? " also covers " : " overlaps ";
    add_warning(
        diagnostics, *one.owner, one.at,
        "the pair " + words(one.pair) + relation + words(other.pair) + " of " + with(other, one),
        inside || around
            ? "the narrower pair takes its own traffic, whatever the order; if that is not meant, narrow the wider"
            : "of the traffic that both name, the pair with the longer remote network takes all, then the one "
              "with the longer local network; narrow one of the two if that is not meant");
}

/// Pairs sorted by remote network stand behind all that enclose it, so the open ones form a stack. One warning for each
/// two connections: of a hundred pairs that overlap, the first says it.
void check_overlaps(const std::vector<Placed>& pairs, Diagnostics& diagnostics)
{
    std::vector<const Placed*> sorted, open;
    for (const auto& placed : pairs) sorted.push_back(&placed);
    std::ranges::stable_sort(sorted, {}, [](const Placed* p) { return p->pair.remote.prefix; });
    std::set<std::pair<const ConnectionDraft*, const ConnectionDraft*>> said;
    for (const auto* placed : sorted) {
        while (!open.empty() && !open.back()->pair.remote.prefix.contains(placed->pair.remote.prefix)) open.pop_back();
        for (const auto* other : open) {
            if (normal(other->pair) == normal(placed->pair) || !other->pair.overlaps(placed->pair)) continue;
            const auto [later, earlier] = placed > other ? std::pair{placed, other} : std::pair{other, placed};
            if (said.emplace(later->owner, earlier->owner).second) report_overlap(*later, *earlier, diagnostics);
        }
        open.push_back(placed);
    }
}

} // namespace

void check_pairs(const Draft& draft, Diagnostics& diagnostics)
{
    auto pairs = collect(draft);
    check_reqids(pairs, diagnostics);
    std::erase_if(pairs, [](const Placed& p) { return p.owner->connection.backup_of.has_value(); });
    check_identical(pairs, diagnostics);
    check_overlaps(pairs, diagnostics);
}

} // namespace linkspan::config
