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

/// For an IKE_SA that was made before we came: does it lead where the file says? Identities are left out, for charon may
/// print them in another notation than the file's; so is the address of a peer behind a NAT, which may move.
bool fits(const IkeSa& sa, const ConnectionSpec& spec)
{
    const bool nat = std::ranges::any_of(sa.children, &ChildSa::encapsulated);
    return sa.local == spec.local && (nat || spec.remote.is_unspecified() || sa.remote == spec.remote);
}

/// charon prints a selector's protocol and port by name where it knows one, so networks alone are compared.
bool within(const std::vector<std::string>& seen, const std::vector<TrafficSelector>& wanted)
{
    return std::ranges::all_of(seen, [&](std::string_view text) {
        const auto network = IpPrefix::parse(text.substr(0, text.find('[')));
        return !network || std::ranges::any_of(wanted, [&](const TrafficSelector& selector) {
            return selector.prefix.contains(*network);
        });
    });
}

/// For a CHILD_SA that was made before we came. A peer may have narrowed what we asked for.
bool fits(const ChildSa& sa, const ChildSpec& spec)
{
    return sa.reqid == spec.reqid && within(sa.local_ts, spec.local_ts) && within(sa.remote_ts, spec.remote_ts);
}

bool is_stale(const ChildSa& sa, const ConnectionSpec& spec, const Loaded* known)
{
    const ChildSpec* now = find_child(spec, sa.name);
    if (!now || (known && known->stale_children.contains(sa.unique_id))) return true;
    const ChildSpec* before = known ? find_child(known->spec, sa.name) : nullptr;
    return before ? *before != *now : !fits(sa, *now);
}

/// What has to end, out of the SAs that charon has.
struct Stale {
    std::set<std::uint64_t> ikes = {};
    std::set<std::uint64_t> children = {};
};

Stale stale_after(const ConnectionSpec& spec, const Loaded* known, Sas sas)
{
    Stale stale;
    if (known) stale = {known->stale, known->stale_children};
    const bool all = known && needs_new_sa(known->spec, spec);
    for (const IkeSa& sa : sas) {
        if (all || (!known && !fits(sa, spec))) stale.ikes.insert(sa.unique_id);
        if (stale.ikes.contains(sa.unique_id)) continue;
        for (const ChildSa& child : sa.children)
            if (is_stale(child, spec, known)) stale.children.insert(child.unique_id);
    }
    return stale;
}

/// The children of `spec` to initiate. Initiating a second time while charon is at it makes a second CHILD_SA at best,
/// and hangs it at worst; so does an SA of the same name that is still to go.
class Initiations {
public:
    Initiations(Sas sas, const Stale& stale) : stale_(stale)
    {
        for (const IkeSa& sa : sas) {
            if (stale.ikes.contains(sa.unique_id)) continue;
            if (is_replaced(sa))
                replaced_ = true;
            else if (sa.state != IkeState::Deleting)
                live_.push_back(&sa);
        }
    }

    /// While the IKE_SA is to be made, one child makes it: of two, charon would make two IKE_SAs.
    [[nodiscard]] std::vector<const ChildSpec*> of(const ConnectionSpec& spec, const std::set<Reqid>& up) const
    {
        std::vector<const ChildSpec*> missing;
        if (std::ranges::any_of(live_, is_busy) || awaits_successor()) return missing;
        for (const ChildSpec& child : spec.children) {
            if (!up.contains(child.reqid) || is_there(child)) continue;
            missing.push_back(&child);
            if (live_.empty()) break;
        }
        return missing;
    }

private:
    static bool is_busy(const IkeSa* sa) { return sa->state == IkeState::Connecting || sa->creating_child; }

    /// A replaced IKE_SA has given its CHILD_SAs to a successor, which a list made at that moment may not have yet.
    [[nodiscard]] bool awaits_successor() const { return replaced_ && live_.empty(); }

    [[nodiscard]] bool is_there(const ChildSpec& spec) const
    {
        return std::ranges::any_of(live_, [&](const IkeSa* sa) {
            return std::ranges::any_of(sa->children, [&](const ChildSa& child) {
                return child.name == spec.name && child.state != ChildState::Other;
            });
        });
    }

    const Stale& stale_;
    std::vector<const IkeSa*> live_ = {};
    bool replaced_ = false;
};

std::size_t lists_of(const ConnectionSpec* spec)
{
    return spec && spec->x509 ? spec->x509->crls.size() : 0;
}

/// A list counts for charon until it is forgotten, whoever wants it no more: what it revokes stays revoked. A connection
/// with as many lists as before has renewed them: of one issuer's lists charon goes by the newest.
bool has_dropped_list(const Want& want, const Ledger& ledger)
{
    std::set<std::string_view> wanted;
    for (const auto& [name, spec] : want.connections)
        if (spec.x509) wanted.insert(spec.x509->crls.begin(), spec.x509->crls.end());
    return std::ranges::any_of(ledger, [&](const auto& known) {
        const ConnectionSpec& had = known.second.spec;
        const auto now = want.connections.find(known.first);
        if (lists_of(now == want.connections.end() ? nullptr : &now->second) >= lists_of(&had)) return false;
        return !std::ranges::all_of(had.x509->crls, [&](const auto& list) { return wanted.contains(list); });
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

void plan_ends(const ConnectionSpec& spec, Sas sas, const Stale& stale, const Want& want, std::vector<Op>& ops)
{
    for (const IkeSa& sa : sas) {
        if (sa.state == IkeState::Deleting) continue;
        if (stale.ikes.contains(sa.unique_id)) {
            const auto wrong = want.end.find(sa.unique_id);
            ops.emplace_back(Terminate{spec.name, sa.unique_id, 0, wrong == want.end.end() ? "" : wrong->second});
            continue;
        }
        for (const ChildSa& child : sa.children)
            if (stale.children.contains(child.unique_id) && is_up(child))
                ops.emplace_back(Terminate{spec.name, sa.unique_id, child.unique_id});
    }
}

void plan_wanted(const ConnectionSpec& spec, const Want& want, const Loaded* known, const Observed& have, bool forgets,
                 std::vector<Op>& ops)
{
    const Sas sas = sas_of(spec.name, have.sas);
    const bool present = have.loaded.contains(spec.name.value);
    const auto stale = stale_after(spec, known, sas);
    if (forgets || !known || known->spec != spec || !present || !has_secret(spec, *known, have))
        ops.emplace_back(Load{.spec = spec,
                              .before = known ? std::optional{known->spec} : std::nullopt,
                              .adopts = !known && present,
                              .stale = stale.ikes,
                              .stale_children = stale.children});
    auto ending = stale;
    for (const auto& [id, why] : want.end) ending.ikes.insert(id);
    plan_ends(spec, sas, ending, want, ops);
    for (const ChildSpec* child : Initiations{sas, ending}.of(spec, want.up))
        ops.emplace_back(Initiate{spec.name, child->name});
}

} // namespace

const ConnectionName& connection_of(const Op& op)
{
    struct {
        const ConnectionName& operator()(const Forget& o) const { return o.name; }
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
    const bool forgets = has_dropped_list(want, ledger);
    if (forgets) ops.emplace_back(Forget{});
    plan_unwanted(want, have, ops);
    for (const auto& [name, spec] : want.connections) {
        auto known = ledger.find(name);
        plan_wanted(spec, want, known == ledger.end() ? nullptr : &known->second, have, forgets, ops);
    }
    if (!forgets) plan_unused_keys(want, ledger, have, ops);
    return ops;
}

} // namespace linkspan::ike
