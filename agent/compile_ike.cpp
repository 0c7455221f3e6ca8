#include "agent/compile_ike.h"

#include "agent/compile_pairs.h"
#include "config/derive.h"

#include <algorithm>
#include <array>

namespace linkspan::agent {
namespace {

using config::Connection;

std::vector<std::string> ders_of(const std::vector<pki::Certificate>& certificates)
{
    std::vector<std::string> ders;
    for (const auto& certificate : certificates) ders.push_back(certificate.der);
    return ders;
}

std::string name_of(config::Revocation revocation)
{
    constexpr std::array names{"strict", "ifuri", "relaxed"};
    return names[static_cast<std::size_t>(revocation)];
}

std::string name_of(config::CopyDscp copy)
{
    constexpr std::array names{"out", "in", "yes", "no"};
    return names[static_cast<std::size_t>(copy)];
}

std::shared_ptr<const ike::X509> x509_spec(const config::X509Source& source, const config::X509Files& files)
{
    auto spec = std::make_shared<ike::X509>();
    spec->certificate = files.chain.front().der;
    spec->intermediates = ders_of({files.chain.begin() + 1, files.chain.end()});
    spec->ca = ders_of(files.ca);
    if (files.remote) spec->remote_certificate = files.remote->der;
    spec->crls = files.crls;
    spec->revocation = name_of(source.revocation);
    spec->key = files.key;
    return spec;
}

ike::SaHandling sa_handling(const config::SaSettings& sa)
{
    return {sa.bytes, sa.packets, name_of(sa.copy_dscp), sa.copy_df, sa.copy_ecn};
}

std::string local_id_of(const Connection& c, const IpAddress& local, const SecretFact& fact)
{
    if (c.local_id.empty() && fact.x509) return pki::subject_identity(fact.x509->chain.front());
    return config::local_identity(c, local);
}

/// charon counts in whole seconds, so it asks up to one late. Where a backup waits for the answer, that second is not added to what
/// is configured.
std::chrono::seconds asks_after(const Connection& c)
{
    constexpr std::chrono::seconds late{1};
    const bool waited_for = (c.backup || c.backup_of) && c.ike.version == 2;
    return waited_for && c.dpd_delay > late ? c.dpd_delay - late : c.dpd_delay;
}

ike::ConnectionSpec ike_spec(const Connection& c, const IpAddress& local, const SecretFact& fact)
{
    ike::ConnectionSpec spec{.name = c.name, .local = local};
    spec.remote = c.peer_any ? IpAddress::any(c.peer.family) : c.peer;
    spec.version = c.ike.version;
    spec.aggressive = c.ike.aggressive;
    spec.fragmentation = static_cast<ike::Fragmentation>(c.ike.fragmentation);
    spec.dscp = c.ike.dscp;
    spec.local_id = local_id_of(c, local, fact);
    spec.remote_id = config::remote_identity(c);
    spec.ike_proposals = c.ike_proposals;
    spec.esp_proposals = c.esp_proposals;
    spec.children = children_of(c);
    spec.mark = config::mark_of(c);
    spec.if_id = config::if_id_of(c);
    spec.ike_rekey = c.ike_lifetime;
    spec.child_rekey = c.child_lifetime;
    spec.dpd_delay = asks_after(c);
    spec.replay_window = c.replay_window;
    spec.force_encapsulation = c.nat_traversal == config::NatTraversal::Force;
    spec.trap = c.start != config::Start::Respond;
    spec.sa = sa_handling(c.sa);
    spec.psk = fact.secret;
    if (fact.x509) spec.x509 = x509_spec(*c.x509, *fact.x509);
    return spec;
}

void tell_expiries(const Connection& c, const Facts& facts, Desired& desired)
{
    const auto found = facts.expiries.find(c.name);
    if (found == facts.expiries.end()) return;
    std::string over;
    for (const auto& expiry : found->second) {
        if (expiry.is_warning)
            desired.warnings.push_back({c.name, {}, expiry.what});
        else
            over.append(over.empty() ? "" : "; ").append(expiry.what);
    }
    if (!over.empty()) desired.problems.push_back({c.name, "certificates of " + c.name.value, over});
}

} // namespace

std::vector<ike::ChildSpec> children_of(const Connection& c)
{
    if (!config::has_link(c)) return children_of_pairs(c);
    ike::ChildSpec child{.name = c.name.value, .reqid = {c.id.value}};
    for (auto family : config::inner_families(c)) {
        child.local_ts.emplace_back(IpPrefix::any(family));
        child.remote_ts.emplace_back(IpPrefix::any(family));
    }
    return {std::move(child)};
}

void compile_ike(const Connection& c, const Facts& facts, const std::optional<IpAddress>& local, Desired& desired)
{
    if (!c.enabled || facts.held_down.contains(c.name)) {
        for (const auto& child : children_of(c)) desired.ended.insert(child.reqid);
        return;
    }
    if (!local) return;
    const auto found = facts.secrets.find(c.name);
    const bool is_read = found != facts.secrets.end();
    if (!is_read || !(c.x509 ? bool(found->second.x509) : bool(found->second.secret))) {
        desired.problems.push_back({c.name, (c.x509 ? "certificates of " : "psk of ") + c.name.value,
                                    is_read ? found->second.error : "it was not read"});
        return;
    }
    desired.ike.emplace(c.name, ike_spec(c, *local, found->second));
    if (c.start == config::Start::Always) desired.keep_up.insert(c.name);
    tell_expiries(c, facts, desired);
}

} // namespace linkspan::agent
