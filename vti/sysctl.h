#pragma once

#include "base/error.h"
#include "vti/spec.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace linkspan::vti {

/// The per-link sysctls a tunnel link needs. All others stay as the administrator's defaults made them: rp_filter (the
/// route back is by the same link), send_redirects (a packet that came out of a tunnel never causes one),
/// accept_redirects (a route without a gateway accepts none).
///
/// | net.        | disable_policy = 1 | VTI kinds     | the link has checked the policy itself, under its mark. Without
/// | ipv4, ipv6  |                    |               | this the packet is looked up again, unmarked: past all marked
/// |             |                    |               | policies one by one, and against policies of other tunnels
/// | ipv6        | accept_ra = 0      | all           | the peer must not make itself our router
/// | ipv6        | addr_gen_mode = 1  | all           | no link-local address: the kernel then sends no router
/// |             |                    |               | solicitation or listener report of its own, which would wake an
/// |             |                    |               | on-demand tunnel

/// `ipv4`, `ipv6`: the link's devconf arrays as IFLA_AF_SPEC carries them (host byte order, indexed by
/// IPV4_DEVCONF_* - 1 and DEVCONF_*); empty where that family is not on the link, and then nothing is asked of it.
[[nodiscard]] bool sysctls_hold(LinkKind kind, std::span<const std::byte> ipv4, std::span<const std::byte> ipv6);

[[nodiscard]] constexpr bool skips_second_policy_check(LinkKind kind)
{
    return kind != LinkKind::Xfrm;
}

/// Writes those that rtnetlink cannot set, under /proc/sys/net/ipv6/conf. Nothing where the link has no IPv6.
[[nodiscard]] Result<> write_ipv6_sysctls(const LinkName& name, LinkKind kind);

} // namespace linkspan::vti
