#include "ike/plan.h"

#include <algorithm>
#include <span>

namespace linkspan::ike {
namespace {

using Sas = std::span<const IkeSa>;

/// The view is sorted by connection.
Sas sas_of(const ConnectionName& name, const SaView& view)
{
    auto found = std::ranges::equal_range(view, name, {}, &IkeSa::connection);
    return {found.begin(), found.end()};
}

/// For an SA that was made before we came: does it lead where the file says? Identities are left out, for charon may
/// print them in another notation than the file's; so is the address of a peer behind a NAT, which may move.
bool fits(const IkeSa& sa, const ConnectionSpec& spec)
{
    const bool nat = std::ranges::any_of(sa.children, &ChildSa::encapsulated);
    return sa.local == spec.local && (nat || sa.remote == spec.remote) &&
           std::ranges::all_of(sa.children, [&](const ChildSa& child) { return child.reqid == spec.reqid; });
}

std::set<std::uint64_t> stale_after(const ConnectionSpec& spec, const Loaded* known, Sas sas)
{
    std::set<std::uint64_t> stale;
    if (known) stale = known->stale;
    const bool all = known && needs_new_sa(known->spec, spec);
    for (const IkeSa& sa : sas)
        if (all || (!known && !fits(sa, spec))) stale.insert(sa.unique_id);
    return stale;
}

bool is_coming_up(const IkeSa& sa)
{
    return sa.state == IkeState::Connecting || sa.creating_child ||
           std::ranges::any_of(sa.children, [](const ChildSa& c) { return c.state == ChildState::Installing; });
}

/// Initiating a second time while charon is at it makes a second CHILD_SA at best, and hangs it at worst.
bool wants_initiation(Sas sas, const std::set<std::uint64_t>& stale)
{
    return std::ranges::none_of(sas, [&](const IkeSa& sa) {
        return sa.state != IkeState::Deleting && !stale.contains(sa.unique_id) && (is_up(sa) || is_coming_up(sa));
    });
}

/// A connection that has turned from a PSK to a certificate.
bool has_left_psk(const Want& want, const std::string& name)
{
    const auto wanted = want.connections.find(ConnectionName{name});
    return wanted != want.connections.end() && wanted->second.x509;
}

void plan_unwanted(const Want& want, const Observed& have, std::vector<Op>& ops)
{
    auto names = have.loaded;
    names.insert(have.keys.begin(), have.keys.end()); // a key whose connection is gone would stay for ever
    for (const std::string& name : names)
        if (!want.connections.contains(ConnectionName{name}) || (have.keys.contains(name) && has_left_psk(want, name)))
            ops.emplace_back(Unload{{name}});
    for (const IkeSa& sa : have.sas)
        if (!sa.connection.value.empty() && sa.state != IkeState::Deleting && !want.connections.contains(sa.connection))
            ops.emplace_back(Terminate{sa.connection, sa.unique_id});
}

/// True where charon has the connection's own secret: by its name, or by the id charon gave it.
bool has_secret(const ConnectionSpec& spec, const Loaded& known, const Observed& have)
{
    return spec.x509 ? have.private_keys.contains(known.private_key) : have.keys.contains(spec.name.value);
}

/// Only once all connections are in the ledger it is known which keys are used.
void plan_unused_keys(const Want& want, const Ledger& ledger, const Observed& have, std::vector<Op>& ops)
{
    auto unused = have.private_keys;
    for (const auto& [name, spec] : want.connections) {
        if (!spec.x509) continue;
        const auto known = ledger.find(name);
        if (known == ledger.end() || known->second.spec != spec) return;
        unused.erase(known->second.private_key);
    }
    for (const auto& id : unused) ops.emplace_back(UnloadKey{.id = id});
}

void plan_wanted(const ConnectionSpec& spec, bool up, const std::set<std::uint64_t>& end, const Loaded* known,
                 const Observed& have, std::vector<Op>& ops)
{
    const Sas sas = sas_of(spec.name, have.sas);
    const bool present = have.loaded.contains(spec.name.value);
    const auto stale = stale_after(spec, known, sas);
    if (!known || known->spec != spec || !present || !has_secret(spec, *known, have))
        ops.emplace_back(Load{.spec = spec,
                              .before = known ? std::optional{known->spec} : std::nullopt,
                              .adopts = !known && present,
                              .stale = stale});
    auto ending = stale;
    ending.insert(end.begin(), end.end());
    for (const IkeSa& sa : sas)
        if (ending.contains(sa.unique_id) && sa.state != IkeState::Deleting)
            ops.emplace_back(Terminate{spec.name, sa.unique_id});
    if (up && wants_initiation(sas, ending)) ops.emplace_back(Initiate{spec.name});
}

} // namespace

bool is_up(const IkeSa& sa)
{
    return std::ranges::any_of(sa.children, [](const ChildSa& child) {
        return child.state == ChildState::Installed || child.state == ChildState::Rekeying;
    });
}

const ConnectionName& connection_of(const Op& op)
{
    struct {
        const ConnectionName& operator()(const Load& o) const { return o.spec.name; }
        const ConnectionName& operator()(const Unload& o) const { return o.name; }
        const ConnectionName& operator()(const UnloadKey& o) const { return o.name; }
        const ConnectionName& operator()(const Terminate& o) const { return o.name; }
        const ConnectionName& operator()(const Initiate& o) const { return o.name; }
    } name;
    return std::visit(name, op);
}

std::vector<Op> plan(const Want& want, const Ledger& ledger, const Observed& have)
{
    std::vector<Op> ops;
    plan_unwanted(want, have, ops);
    for (const auto& [name, spec] : want.connections) {
        auto known = ledger.find(name);
        plan_wanted(spec, want.up.contains(name), want.end, known == ledger.end() ? nullptr : &known->second, have,
                    ops);
    }
    plan_unused_keys(want, ledger, have, ops);
    return ops;
}

} // namespace linkspan::ike
