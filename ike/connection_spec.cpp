#include "ike/connection_spec.h"

#include <algorithm>
#include <tuple>

namespace linkspan::ike {
namespace {

auto plain_parts(const ConnectionSpec& s)
{
    return std::tie(s.name, s.local, s.remote, s.local_id, s.remote_id, s.ike_proposals, s.esp_proposals, s.children,
                    s.mark, s.if_id, s.ike_rekey, s.child_rekey, s.dpd_delay, s.replay_window, s.force_encapsulation,
                    s.trap, s.version, s.aggressive, s.fragmentation, s.dscp, s.sa);
}

auto plain_parts(const X509& x)
{
    return std::tie(x.certificate, x.intermediates, x.ca, x.remote_certificate, x.crls, x.revocation);
}

bool same(const std::shared_ptr<const Secret>& a, const std::shared_ptr<const Secret>& b)
{
    return a == b || (a && b && a->same_as(*b));
}

} // namespace

bool same_psk(const ConnectionSpec& a, const ConnectionSpec& b)
{
    return same(a.psk, b.psk);
}

bool operator==(const X509& a, const X509& b)
{
    return plain_parts(a) == plain_parts(b) && same(a.key, b.key);
}

bool same_x509(const ConnectionSpec& a, const ConnectionSpec& b)
{
    return a.x509 == b.x509 || (a.x509 && b.x509 && *a.x509 == *b.x509);
}

bool operator==(const ConnectionSpec& a, const ConnectionSpec& b)
{
    return plain_parts(a) == plain_parts(b) && same_psk(a, b) && same_x509(a, b);
}

const ChildSpec* find_child(const ConnectionSpec& spec, std::string_view name)
{
    const auto found = std::ranges::find(spec.children, name, &ChildSpec::name);
    return found == spec.children.end() ? nullptr : &*found;
}

bool needs_new_sa(const ConnectionSpec& before, const ConnectionSpec& after)
{
    // What an SA may keep although the file says otherwise; all else it was negotiated with.
    ConnectionSpec kept = before;
    kept.ike_rekey = after.ike_rekey;
    kept.child_rekey = after.child_rekey;
    kept.dpd_delay = after.dpd_delay;
    kept.trap = after.trap;
    kept.children = after.children;
    kept.fragmentation = after.fragmentation;
    kept.dscp = after.dscp;
    kept.sa.rekey_bytes = after.sa.rekey_bytes;
    kept.sa.rekey_packets = after.sa.rekey_packets;
    // A certificate is renewed while traffic runs; whom we are and whom we trust is another matter.
    if (before.x509 && after.x509 && before.x509->ca == after.x509->ca &&
        before.x509->remote_certificate == after.x509->remote_certificate)
        kept.x509 = after.x509;
    return kept != after;
}

} // namespace linkspan::ike
