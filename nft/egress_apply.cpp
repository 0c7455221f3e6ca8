#include "nft/egress_apply.h"

#include "nft/context.h"
#include "nft/egress_plan.h"
#include "nft/egress_render.h"
#include "nft/nat_codec.h"

#include <algorithm>
#include <vector>

namespace linkspan::nft {
namespace {

/// Elements of one set that fit one message.
struct Part {
    std::string set = {};
    std::span<const Range> ranges = {};
    bool create = false;
};

void cut(const std::map<std::string, Ranges>& sets, bool create, std::vector<Part>& parts)
{
    for (const auto& [set, ranges] : sets)
        for (std::size_t at = 0; at < ranges.size(); at += ranges_per_message)
            parts.push_back(
                {set, std::span{ranges}.subspan(at, std::min(ranges_per_message, ranges.size() - at)), create});
}

Result<> commit(netlink::Socket& socket, const std::vector<Part>& parts)
{
    if (parts.empty()) return {};
    const netlink::Requests requests{parts.size() + 2,
                                     [&](std::size_t i, netlink::Message& message) {
                                         if (i == 0) return encode_begin(message);
                                         if (i > parts.size()) return encode_end(message);
                                         const auto& part = parts[i - 1];
                                         encode_ranges(part.set, part.ranges, part.create, message);
                                     },
                                     [&](std::size_t i) {
                                         const bool mark = i == 0 || i > parts.size();
                                         return mark ? "the transaction" : "networks of " + parts[i - 1].set;
                                     }};
    return socket.transact(requests, "change " + describe(EgressTable{}));
}

Result<> run_text(const std::string& text)
{
    if (text.empty()) return {};
    const auto done = run(text, "change " + describe(EgressTable{}));
    if (!done) return std::unexpected(done.error());
    return {};
}

/// Networks of sets that no rule looks into yet, and all others.
std::pair<std::map<std::string, Ranges>, std::map<std::string, Ranges>> parted(const EgressChanges& changes)
{
    std::map<std::string, Ranges> unused, used;
    for (const auto& [set, ranges] : changes.fresh_ranges)
        (changes.fresh_sets.contains(set) ? unused : used).emplace(set, ranges);
    return {std::move(unused), std::move(used)};
}

} // namespace

Result<> apply(netlink::Socket& socket, const Op<EgressTable>& op, const MovePins& move)
{
    if (op.verb == Verb::Delete) return run_text(render_delete_egress());
    const auto changes = changes_between(op.before.value_or(EgressTable{}), op.spec);
    TRY(run_text(render_sets(op.spec, changes)));
    const auto [unused, used] = parted(changes);
    std::vector<Part> parts;
    cut(unused, true, parts);
    TRY(commit(socket, parts));
    if (move) move(changes.fresh_pin_sets);
    TRY(run_text(render_chains(op.spec, changes)));
    parts.clear();
    cut(changes.gone_ranges, false, parts); // before the new ones, which may overlap them
    cut(used, true, parts);
    TRY(commit(socket, parts));
    return run_text(render_gone(changes));
}

} // namespace linkspan::nft
