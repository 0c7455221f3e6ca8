#include "base/identity.h"
#include "config/check.h"
#include "config/derive.h"
#include "config/pairs.h"

#include <algorithm>

namespace linkspan::config {
namespace {

bool is_any(const std::string& identity)
{
    const auto parsed = Identity::parse(identity);
    return parsed && parsed->type == Identity::Type::Any;
}

/// A key that means something only beside `certificate`.
void require_certificate(const ConnectionDraft& draft, Diagnostics& diagnostics)
{
    const auto lone = [&](const Span& at, const std::string& name) {
        if (at.line != 0)
            add_error(diagnostics, draft, at, "`" + name + "` without `certificate`",
                      "add the certificate to show, `certificate = \"/etc/linkspan/x509/edge-1.pem\"`, or remove `" +
                          name + "`");
    };
    lone(draft.key, "key");
    lone(draft.ca, "ca");
    lone(draft.remote_certificate, "remote_certificate");
    if (!draft.x509.crl.empty()) lone(draft.crl, "crl");
    if (draft.x509.revocation != Revocation::Relaxed) lone(draft.revocation, "revocation");
}

void check_certificate(const ConnectionDraft& draft, Diagnostics& diagnostics)
{
    const auto missing = [&](const std::string& what, std::string help) {
        add_error(diagnostics, draft, draft.certificate, "`certificate` without " + what, std::move(help));
    };
    if (draft.key.line == 0)
        missing("`key`", "add where its private key is: `key = { file = \"/etc/linkspan/x509/edge-1.key\" }`");
    if (draft.ca.line == 0 && draft.remote_certificate.line == 0)
        missing("`ca`",
                "name what may vouch for the peer: `ca = \"/etc/linkspan/x509/ca.pem\"`, or the one certificate it "
                "shows: `remote_certificate`");
    if (draft.remote_id.line == 0 && draft.connection.remote_id.empty())
        missing("`remote_id`", "add whom to expect, as the peer's certificate names it, like `remote_id = "
                               "\"hub.example.org\"`: without it, everybody the CA has signed could be the peer");
}

void check_authentication(const ConnectionDraft& draft, Diagnostics& diagnostics)
{
    if (draft.has_keys) return;
    const bool psk = draft.psk.line != 0;
    const bool certificate = draft.certificate.line != 0;
    if (psk && certificate)
        return add_error(diagnostics, draft, draft.certificate, "both `psk` and `certificate`",
                         "a connection authenticates by one of the two: remove the other");
    if (certificate) return check_certificate(draft, diagnostics);
    require_certificate(draft, diagnostics);
    if (!psk && !draft.has_psk)
        add_error(diagnostics, draft, draft.header, "[[connection]] has no `psk`",
                  "add `psk = { credential = \"azure-hub.psk\" }`, or `certificate` with `key` and `ca`");
}

void check_identities(const ConnectionDraft& draft, Diagnostics& diagnostics)
{
    const auto& c = draft.connection;
    if (draft.local_id.line != 0 && is_any(c.local_id))
        add_error(diagnostics, draft, draft.local_id, "`local_id` is " + c.local_id + ", and we are somebody",
                  "write the identity the peer expects of us, or leave the key out");
    if (draft.remote_id.line == 0 || !is_any(c.remote_id)) return;
    const auto who = draft.certificate.line != 0 ? "everybody the CA has signed" : "everybody who knows the secret";
    add_warning(diagnostics, draft, draft.remote_id,
                "`remote_id` takes any identity: " + std::string{who} + " can be this peer",
                "write the identity the peer uses");
}

void check_aggressive(const ConnectionDraft& draft, Diagnostics& diagnostics)
{
    const auto& ike = draft.connection.ike;
    if (!ike.aggressive) return;
    if (ike.version != 1)
        return add_error(diagnostics, draft, draft.aggressive, "`aggressive` is a mode of IKEv1, and `version` is 2",
                         "remove it, or add `version = 1` if the peer speaks nothing else");
    const bool psk = draft.certificate.line == 0;
    add_warning(
        diagnostics, draft, draft.aggressive,
        psk ? "aggressive mode sends a hash of the secret to anybody who asks, before the peer has proved who it is: "
              "whoever records it can try secrets offline"
            : "aggressive mode sends the identities in clear",
        psk ? "use `version = 2`, or main mode; where the peer has neither, use a secret of 32 random characters"
            : "use `version = 2`, or main mode, if the peer has either");
}

/// IKEv1's quick mode names one network on each side (RFC 2409, 5.5).
void check_ikev1_selectors(const ConnectionDraft& draft, Diagnostics& diagnostics)
{
    const auto& c = draft.connection;
    if (!has_link(c)) {
        const auto pairs = pairs_of(c).size();
        if (c.selectors == Selectors::Combined && pairs > 1)
            add_error(diagnostics, draft, draft.version,
                      "IKEv1 negotiates one pair of networks in a CHILD_SA, and this connection has " +
                          std::to_string(pairs),
                      "add `selectors = \"each\"`, or use `version = 2`");
        return;
    }
    const auto families = inner_families(c);
    if (families.size() > 1)
        add_error(diagnostics, draft, draft.version,
                  "IKEv1 negotiates one family in a tunnel, and this one carries both",
                  "use `version = 2`, or make a connection for each family");
}

void check_ikev1(const ConnectionDraft& draft, Diagnostics& diagnostics)
{
    const auto& c = draft.connection;
    if (c.ike.version != 1) return;
    const auto check = [&](const std::vector<Span>& places, const Proposals& proposals, Proposal::Use use) {
        for (std::size_t i = 0; i < places.size(); ++i)
            if (const auto fits = Proposal::fits_ikev1(proposals[i].text, use); !fits)
                add_error(diagnostics, draft, places[i], "IKEv1 cannot offer \"" + proposals[i].text + "\"",
                          fits.error().what);
    };
    check(draft.ike_proposals, c.ike_proposals, Proposal::Use::Ike);
    check(draft.esp_proposals, c.esp_proposals, Proposal::Use::Esp);
    check_ikev1_selectors(draft, diagnostics);
}

/// The kernel refuses an SA with extended sequence numbers and no window (xfrm_init_replay, EINVAL).
void check_replay(const ConnectionDraft& draft, Diagnostics& diagnostics)
{
    const auto& c = draft.connection;
    if (c.replay_window != 0) return;
    for (std::size_t i = 0; i < draft.esp_proposals.size(); ++i)
        if (Proposal::names(c.esp_proposals[i].text, "esn"))
            add_error(diagnostics, draft, draft.esp_proposals[i],
                      "extended sequence numbers need a replay window, and `replay_window` is 0",
                      "leave `esn` out, or `replay_window`");
}

/// Renewing takes a second or more, in which packets go on: a limit that is used up in that time interrupts the traffic.
void check_limits(const ConnectionDraft& draft, Diagnostics& diagnostics)
{
    const auto check = [&](const Span& at, const std::string& name, std::uint64_t value, std::uint64_t least) {
        if (value != 0 && value < least)
            add_error(diagnostics, draft, at,
                      "`" + name + "` is " + std::to_string(value) + ", used up before new keys are there",
                      "give at least " + std::to_string(least) + ", or 0 for no limit");
    };
    check(draft.child_bytes, "child_bytes", draft.connection.sa.bytes, 1'000'000);
    check(draft.child_packets, "child_packets", draft.connection.sa.packets, 1'000);
}

} // namespace

void check_ike(const ConnectionDraft& draft, Diagnostics& diagnostics)
{
    check_authentication(draft, diagnostics);
    check_identities(draft, diagnostics);
    check_aggressive(draft, diagnostics);
    check_ikev1(draft, diagnostics);
    check_replay(draft, diagnostics);
    check_limits(draft, diagnostics);
}

} // namespace linkspan::config
