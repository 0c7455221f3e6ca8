#include "nft/nat_apply.h"

#include "nft/nat_codec.h"
#include "nft/nat_plan.h"

#include <linux/netlink.h>

#include <functional>

namespace linkspan::nft {
namespace {

/// The messages of a transaction, made when they are sent.
class Transaction {
public:
    using Build = std::function<void(netlink::Message&)>;

    Transaction() { add("the transaction", encode_begin); }
    void add(std::string what, Build build) { steps_.push_back({std::move(what), std::move(build)}); }

    void table_anew(const NatTable& table)
    {
        add("delete table", encode_delete_table);
        whole(table);
    }
    void whole(const NatTable& table)
    {
        const auto layout = layout_of(maps_of(*table.elements));
        add("create table", encode_create_table);
        for (const auto& map : layout.maps)
            add("map " + name_of(map), [map, id = ++maps_](auto& message) { encode_map(map, id, message); });
        for (const auto entrance : layout.entrances)
            add("map " + counter_map(entrance),
                [entrance, id = ++maps_](auto& message) { encode_counter_map(entrance, id, message); });
        for (const auto& chain : layout.chains)
            add("chain " + chain.name, [chain](auto& message) { encode_chain(chain, message); });
        for (const auto& rule : layout.rules)
            add("rule " + rule.comment, [rule](auto& message) { encode_rule(rule, message); });
        changes(changes_between({}, table));
    }
    void changes(const NatChanges& changes)
    {
        elements(changes.gone, false);
        for (const auto& entry : changes.uncounted)
            add("counter's element", [entry](auto& message) { encode_counted(entry, false, message); });
        for (const auto& name : changes.objects_gone)
            add("counter " + name, [name](auto& message) { encode_counter(name, false, message); });
        for (const auto& name : changes.objects_fresh)
            add("counter " + name, [name](auto& message) { encode_counter(name, true, message); });
        for (const auto& entry : changes.counted)
            add("counter's element", [entry](auto& message) { encode_counted(entry, true, message); });
        elements(changes.fresh, true);
    }

    Result<> commit(netlink::Socket& socket, const std::string& what)
    {
        add("the transaction", encode_end);
        const netlink::Requests requests{steps_.size(),
                                         [&](std::size_t i, netlink::Message& message) { steps_[i].build(message); },
                                         [&](std::size_t i) { return steps_[i].what; }};
        return socket.transact(requests, what);
    }

private:
    struct Step {
        std::string what = {};
        Build build = {};
    };

    /// Sorted by map, so those of one map stand together.
    void elements(const Elements& all, bool create)
    {
        for (std::size_t begin = 0; begin < all.size();) {
            std::size_t end = begin + 1;
            while (end < all.size() && end - begin < elements_per_message && all[end].map == all[begin].map) ++end;
            add("elements of " + name_of(all[begin].map),
                [part = Elements(all.begin() + static_cast<std::ptrdiff_t>(begin),
                                 all.begin() + static_cast<std::ptrdiff_t>(end)),
                 create](auto& message) { encode_elements(part, create, message); });
            begin = end;
        }
    }

    std::vector<Step> steps_;
    std::uint32_t maps_ = 0;
};

} // namespace

Result<> apply(netlink::Socket& socket, const Op<NatTable>& op)
{
    Transaction transaction;
    switch (op.verb) {
    case Verb::Delete: transaction.add("delete table", encode_delete_table); break;
    case Verb::Replace: transaction.table_anew(op.spec); break;
    case Verb::Create: transaction.whole(op.spec); break;
    case Verb::Update: transaction.changes(changes_between(op.before.value_or(NatTable{}), op.spec)); break;
    }
    auto done = transaction.commit(socket, "change " + describe(op.spec));
    if (!done && op.verb == Verb::Delete && done.error().kind == Kind::NotFound) return {};
    return done;
}

Result<> apply(const Op<NatTable>& op)
{
    auto socket = netlink::Socket::open(NETLINK_NETFILTER);
    TRY(socket);
    return apply(*socket, op);
}

} // namespace linkspan::nft
