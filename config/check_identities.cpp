#include "base/identity.h"
#include "config/check.h"
#include "config/derive.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>

namespace linkspan::config {
namespace {

/// The address a connection's packets leave from, as far as the files tell.
std::string local_of(const Draft& draft, const Connection& c)
{
    if (c.local_address) return c.local_address->text();
    if (draft.gateway)
        for (const auto& address : draft.gateway->addresses)
            if (address.value.family == c.peer.family) return address.value.text();
    return "the uplink's address";
}

/// One notation for one identity, so "@hub" and "fqdn:HUB" are the same.
std::string canonical(const std::string& text)
{
    const auto parsed = Identity::parse(text);
    return parsed ? std::to_string(static_cast<int>(parsed->type)) + parsed->value : text;
}

/// How IKE knows a connection.
struct Known {
    const ConnectionDraft* draft = nullptr;
    std::string ends = {};
    std::string identities = {}; ///< empty: they stand in a certificate, which is read later
};

Known known(const Draft& draft, const ConnectionDraft& own)
{
    const auto& c = own.connection;
    const auto local = local_of(draft, c);
    Known k{&own, local + " and " + peer_text(c), {}};
    if (c.x509 && c.local_id.empty()) return k;
    k.identities = canonical(c.local_id.empty() ? local : c.local_id) + '\n' +
                   canonical(c.remote_id.empty() ? peer_text(c) : c.remote_id);
    return k;
}

bool is_psk(const ConnectionDraft& c)
{
    return c.psk.line != 0 && c.certificate.line == 0;
}

bool same_source(const ConnectionDraft& a, const ConnectionDraft& b)
{
    const auto& x = a.connection.psk;
    const auto& y = b.connection.psk;
    return x.kind == y.kind && x.name == y.name;
}

/// Two vti tunnels between the same ends are refused anyway (check_ends.cpp).
bool both_vti(const ConnectionDraft& a, const ConnectionDraft& b)
{
    return a.connection.interface == Interface::Vti && b.connection.interface == Interface::Vti;
}

/// charon finds a pre-shared key by the two identities, and a connection by addresses and identities.
void check_pairs(const std::vector<Known>& all, Diagnostics& diagnostics)
{
    std::unordered_map<std::string, const Known*> first;
    for (const auto& own : all) {
        const bool psk = is_psk(*own.draft);
        if (own.identities.empty()) continue;
        const auto [it, is_new] = first.emplace((psk ? "p" : "x") + own.identities, &own);
        if (is_new) continue;
        const auto& other = *it->second;
        if (psk && !same_source(*own.draft, *other.draft))
            add_error(
                diagnostics, *own.draft, own.draft->psk,
                "another secret than that of " + reference(*other.draft) + ", between the same two identities",
                "IKE chooses the secret by identity: use the same secret, or give the two their own `local_id` or "
                "`remote_id`");
        else if (own.ends == other.ends && !both_vti(*own.draft, *other.draft))
            add_error(diagnostics, *own.draft, own.draft->header,
                      "the same ends and identities as " + reference(*other.draft) +
                          ", so the peer cannot say which it means",
                      "give one of the two its own `local_id` or `remote_id`, here and at the peer");
    }
}

/// In main mode the identities travel encrypted with the secret, so charon must find it by the addresses alone.
void check_main_mode(const std::vector<Known>& all, Diagnostics& diagnostics)
{
    std::multimap<std::string, const Known*> by_ends;
    const auto is_main_mode = [](const Known& k) {
        const auto& ike = k.draft->connection.ike;
        return is_psk(*k.draft) && ike.version == 1 && !ike.aggressive;
    };
    for (const auto& own : all)
        if (is_psk(*own.draft)) by_ends.emplace(own.ends, &own);
    for (const auto& own : all) {
        if (!is_main_mode(own)) continue;
        const auto [begin, end] = by_ends.equal_range(own.ends);
        const auto other = std::find_if(begin, end, [&](const auto& entry) {
            const bool told_there = entry.second >= &own && is_main_mode(*entry.second);
            return !told_there && !same_source(*entry.second->draft, *own.draft);
        });
        if (other == end) continue;
        add_error(
            diagnostics, *own.draft, own.draft->psk,
            "another secret than that of " + reference(*other->second->draft) + ", between the same two addresses",
            "IKEv1 main mode has to choose the secret by address: use the same secret, `version = 2`, or an address of "
            "its own for one of the two");
    }
}

} // namespace

void check_identities(const Draft& draft, Diagnostics& diagnostics)
{
    std::vector<Known> all;
    for (const auto& c : draft.connections)
        if (c.connection.enabled && c.peer.line != 0 && (c.psk.line != 0 || c.connection.x509))
            all.push_back(known(draft, c));
    check_pairs(all, diagnostics);
    check_main_mode(all, diagnostics);
}

} // namespace linkspan::config
