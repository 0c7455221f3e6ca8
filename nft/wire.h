#pragma once

#include "netlink/attributes.h"
#include "nft/nat_wire.h"

namespace linkspan::nft {

/// Walks the attributes of one message of a dump; other messages have none.
template <typename Visit>
void visit_attributes(const nlmsghdr& message, nf_tables_msg_types type, Visit visit)
{
    if (message.nlmsg_type != nft_type(type)) return;
    const auto body = netlink::body_of<nfgenmsg>(message);
    if (!body || body->nfgen_family != family_inet) return;
    for (const netlink::Attribute attribute : netlink::attributes_of(message, sizeof(nfgenmsg))) visit(attribute);
}

} // namespace linkspan::nft
