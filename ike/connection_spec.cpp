#include "ike/connection_spec.h"

#include <algorithm>
#include <tuple>

namespace linkspan::ike {
namespace {

auto plain_parts(const ConnectionSpec& s)
{
    return std::tie(s.name, s.local, s.remote, s.local_id, s.remote_id, s.ike_proposals, s.esp_proposals, s.children,
                    s.mark, s.if_id, s.ike_rekey, s.child_rekey, s.dpd_delay, s.replay_window, s.force_encapsulation,
                    s.trap);
}

} // namespace

bool same_psk(const ConnectionSpec& a, const ConnectionSpec& b)
{
    return a.psk == b.psk || (a.psk && b.psk && a.psk->same_as(*b.psk));
}

bool operator==(const ConnectionSpec& a, const ConnectionSpec& b)
{
    return plain_parts(a) == plain_parts(b) && same_psk(a, b);
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
    return kept != after;
}

} // namespace linkspan::ike
