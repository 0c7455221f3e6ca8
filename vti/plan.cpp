#include "vti/plan.h"

#include <tuple>

namespace linkspan::vti {
namespace {

/// What the kernel lets exist only once in a namespace: an if_id, or a pair of VTI endpoints whatever the key.
using Slot = std::tuple<LinkKind, IfId, IpAddress, IpAddress>;

Slot slot_of(const Spec& spec)
{
    if (spec.kind == LinkKind::Xfrm) return {spec.kind, spec.if_id, {}, {}};
    return {spec.kind, {}, spec.local, spec.remote};
}

std::map<Slot, LinkName> foreign_slots(const Observed& have)
{
    std::map<Slot, LinkName> taken;
    for (const auto& [name, link] : have)
        if (link.tunnel && !link.ours) taken.emplace(slot_of(*link.tunnel), name);
    return taken;
}

/// The kernel changes neither kind nor key of a living link without a gap, so a link that differs here is replaced.
bool same_identity(const Spec& a, const Spec& b)
{
    return slot_of(a) == slot_of(b) && a.key == b.key;
}

std::string object_of(const LinkName& name)
{
    return "link " + name.value;
}

std::string holder_of(const Link& link)
{
    if (link.kind.empty()) return "a network device that linkspan did not make";
    return "a " + link.kind + " link that linkspan did not make";
}

std::string shared_slot(const Spec& spec)
{
    return spec.kind == LinkKind::Xfrm ? "the same if_id" : "the same endpoints";
}

} // namespace

Plan<Spec> plan(const std::map<LinkName, Spec>& want, const Observed& have)
{
    Plan<Spec> plan;
    for (const auto& [name, link] : have)
        if (link.ours && !want.contains(name)) plan.ops.push_back({Verb::Delete, *link.tunnel, {}});

    const auto taken = foreign_slots(have);
    for (const auto& [name, spec] : want) {
        const auto seen = have.find(name);
        const bool there = seen != have.end();
        if (there && !seen->second.ours) {
            plan.conflicts.push_back({spec.connection, object_of(name), holder_of(seen->second)});
        } else if (const auto rival = taken.find(slot_of(spec)); rival != taken.end()) {
            plan.conflicts.push_back({spec.connection, object_of(name),
                                      "the foreign link " + rival->second.value + " with " + shared_slot(spec)});
        } else if (!there) {
            plan.ops.push_back({Verb::Create, spec, {}});
        } else if (const Spec& old = *seen->second.tunnel; old != spec) {
            plan.ops.push_back({same_identity(old, spec) ? Verb::Update : Verb::Replace, spec, old});
        }
    }
    return plan;
}

} // namespace linkspan::vti
