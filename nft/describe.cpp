#include "nft/describe.h"

#include "nft/transit.h"

#include <set>

namespace linkspan::nft {
namespace {

std::string value_of(const Spec& spec, const LinkName& link)
{
    const auto found = spec.mss.find(link);
    return found == spec.mss.end() ? "by route" : std::to_string(found->second);
}

std::string differences(const Spec& before, const Spec& spec)
{
    std::set<LinkName> links;
    for (const auto* side : {&before, &spec})
        for (const auto& element : side->mss) links.insert(element.first);
    std::string text;
    for (const auto& link : links) {
        const auto was = value_of(before, link), is = value_of(spec, link);
        if (was != is) text += (text.empty() ? "" : ", ") + ("mss of " + link.value + " " + was + " -> " + is);
    }
    return text;
}

} // namespace

std::string describe(const Spec&)
{
    return "table inet linkspan";
}

std::string detail(const Op<Spec>& op)
{
    switch (op.verb) {
    case Verb::Delete: return {};
    case Verb::Replace: return "its rules differ; forwarding between connections: " + describe(op.spec.transit);
    case Verb::Update: return op.before ? differences(*op.before, op.spec) : "";
    case Verb::Create: break;
    }
    std::string text = "clamp TCP MSS to the route's MTU";
    for (const auto& [link, mss] : op.spec.mss) text += ", " + link.value + " to " + std::to_string(mss);
    if (!op.spec.policy_mss.empty()) text += ", keep the sources of what connections in policy mode protect";
    return text + ", forwarding between connections: " + describe(op.spec.transit);
}

} // namespace linkspan::nft
