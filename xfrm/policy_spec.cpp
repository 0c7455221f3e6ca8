#include "xfrm/policy_spec.h"

namespace linkspan::xfrm {
namespace {

/// 0 = the narrowest. Of a path there are only those of all protocols.
std::uint32_t breadth(const PolicyKey& key)
{
    if (key.role == Role::Bypass) return 5;
    if (key.protocol == 0) return key.has_path() ? 3 : 4;
    return 2U - (key.source_port != 0 ? 1 : 0) - (key.destination_port != 0 ? 1 : 0);
}

} // namespace

std::uint32_t priority_of(const PolicyKey& key)
{
    if (key.role == Role::Block) return block_priority;
    if (!key.is_plain()) return protect_priority;
    const bool out = key.direction == Direction::Out;
    const std::uint32_t remote = out ? key.destination.length : key.source.length;
    const std::uint32_t local = out ? key.source.length : key.destination.length;
    return plain_priority_first + ((128 - remote) * 129 + (128 - local)) * 6 + breadth(key);
}

} // namespace linkspan::xfrm
