#include "route/rule_codec.h"

#include "netlink/attributes.h"

#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace linkspan::route {
namespace {

void encode(netlink::Message& m, std::uint16_t type, std::uint16_t flags, const RuleSpec& spec)
{
    m.reset(type, flags);
    auto& body = m.body<fib_rule_hdr>();
    body.family = static_cast<std::uint8_t>(address_family(spec.family));
    body.table = RT_TABLE_UNSPEC; // the attribute tells: it does not fit here
    body.action = FR_ACT_TO_TBL;
    m.pod(FRA_PRIORITY, path_preference);
    m.pod(FRA_FWMARK, link_path(spec.path).value);
    m.pod(FRA_FWMASK, path_mask);
    m.pod(FRA_TABLE, path_table(spec.path));
    m.pod(FRA_PROTOCOL, route_protocol);
}

/// What a rule's attributes say; `others`: how many selectors we never write.
struct Told {
    std::uint32_t preference = 0, mark = 0, mask = 0, table = 0;
    std::uint8_t protocol = 0;
    int others = 0;
};

Told told_by(const nlmsghdr& message)
{
    Told told;
    for (const auto attribute : netlink::attributes_of(message, sizeof(fib_rule_hdr))) {
        const auto number = attribute.get<std::uint32_t>();
        switch (attribute.type) {
        case FRA_PRIORITY: told.preference = number.value_or(0); break;
        case FRA_FWMARK: told.mark = number.value_or(0); break;
        case FRA_FWMASK: told.mask = number.value_or(0); break;
        case FRA_TABLE: told.table = number.value_or(0); break;
        case FRA_PROTOCOL: told.protocol = attribute.get<std::uint8_t>().value_or(0); break;
        case FRA_SRC:
        case FRA_DST:
        case FRA_IIFNAME:
        case FRA_OIFNAME:
        case FRA_TUN_ID:
        case FRA_UID_RANGE:
        case FRA_IP_PROTO:
        case FRA_SPORT_RANGE:
        case FRA_DPORT_RANGE: told.others++; break;
        default: break;
        }
    }
    return told;
}

} // namespace

void encode_create(netlink::Message& m, const RuleSpec& spec)
{
    encode(m, RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, spec);
}

void encode_delete(netlink::Message& m, const RuleSpec& spec)
{
    encode(m, RTM_DELRULE, 0, spec);
}

void encode_dump_rules(netlink::Message& m, Family family)
{
    m.reset(RTM_GETRULE, 0);
    m.body<fib_rule_hdr>().family = static_cast<std::uint8_t>(address_family(family));
}

std::optional<RawRule> decode_rule(const nlmsghdr& message)
{
    const auto body = netlink::body_of<fib_rule_hdr>(message);
    if (message.nlmsg_type != RTM_NEWRULE || !body) return std::nullopt;
    if (body->family != AF_INET && body->family != AF_INET6) return std::nullopt;
    const auto told = told_by(message);
    if (told.protocol != route_protocol) return std::nullopt;
    for (const auto path : both_paths) {
        if (told.table != path_table(path)) continue;
        const bool whole = body->action == FR_ACT_TO_TBL && (body->flags & FIB_RULE_INVERT) == 0 && body->tos == 0 &&
                           told.preference == path_preference && told.mark == link_path(path).value &&
                           told.mask == path_mask && told.others == 0;
        return RawRule{{body->family == AF_INET ? Family::V4 : Family::V6, path}, whole};
    }
    return std::nullopt;
}

} // namespace linkspan::route
