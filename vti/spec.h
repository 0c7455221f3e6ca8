#pragma once

#include "base/ids.h"
#include "base/ip.h"

#include <cstdint>

namespace linkspan::vti {

enum class LinkKind {
    Vti,  ///< ip_vti: IPv4 outer, told apart by its key, which is the policies' mark
    Vti6, ///< ip6_vti: IPv6 outer
    Xfrm, ///< XFRM interface: told apart by if_id, has no endpoints of its own
};

/// What else may be wrong with an observed link. Never set in a Spec that is wanted, so a faulty link differs from it.
struct Faults {
    bool down = false;
    bool group = false;   ///< not in our link group
    bool sysctls = false; ///< one of those in vti/sysctl.h is not as it should be
    bool operator==(const Faults&) const = default;
};

/// A tunnel link as it should be; being up is part of it.
struct Spec {
    LinkName name = {};
    ConnectionName connection = {};
    LinkKind kind = LinkKind::Vti;
    IpAddress local = {};  ///< outer source; unspecified for Xfrm
    IpAddress remote = {}; ///< outer destination; unspecified for Xfrm
    Mark key = {};         ///< ikey = okey; 0 for Xfrm
    IfId if_id = {};       ///< 0 for Vti, Vti6
    std::uint32_t mtu = 0; ///< bytes of inner packet
    Faults faults = {};
    bool operator==(const Spec&) const = default;
};

} // namespace linkspan::vti
