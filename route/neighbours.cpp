#include "route/neighbours.h"

#include "base/ip.h"
#include "netlink/attributes.h"

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include <optional>
#include <vector>

namespace linkspan::route {
namespace {

struct Sought {
    std::uint8_t family = 0;
    std::vector<std::byte> address = {}; ///< network byte order
};

void encode_dump(netlink::Message& message, std::uint32_t link)
{
    message.reset(RTM_GETNEIGH, 0);
    message.body<ndmsg>().ndm_family = AF_UNSPEC;
    message.pod(NDA_IFINDEX, link);
}

/// Nothing for a neighbour that is known, or of another link: kernels may tell of more than they were asked for.
std::optional<Sought> decode_sought(const nlmsghdr& message, std::uint32_t link)
{
    const auto body = netlink::body_of<ndmsg>(message);
    if (message.nlmsg_type != RTM_NEWNEIGH || !body) return std::nullopt;
    if (static_cast<std::uint32_t>(body->ndm_ifindex) != link || !(body->ndm_state & NUD_INCOMPLETE))
        return std::nullopt;
    for (const auto attribute : netlink::attributes_of(message, sizeof(ndmsg)))
        if (attribute.type == NDA_DST)
            return Sought{body->ndm_family, {attribute.payload.begin(), attribute.payload.end()}};
    return std::nullopt;
}

void encode_delete(netlink::Message& message, std::uint32_t link, const Sought& sought)
{
    message.reset(RTM_DELNEIGH, 0);
    auto& body = message.body<ndmsg>();
    body.ndm_family = sought.family;
    body.ndm_ifindex = static_cast<int>(link);
    message.bytes(NDA_DST, sought.address);
}

} // namespace

Result<> drop_waiting(netlink::Socket& rtnl, const LinkName& link)
{
    const std::uint32_t index = ::if_nametoindex(link.value.c_str());
    if (index == 0) return {};
    netlink::Message message;
    encode_dump(message, index);
    std::vector<Sought> all;
    TRY(rtnl.dump(message, "read neighbours", [&](const nlmsghdr& answer) {
        if (auto sought = decode_sought(answer, index)) all.push_back(std::move(*sought));
    }));
    for (const auto& sought : all) {
        encode_delete(message, index, sought);
        const auto gone = rtnl.request(message, "forget a neighbour");
        if (!gone && gone.error().kind != Kind::NotFound) return gone;
    }
    return {};
}

} // namespace linkspan::route
