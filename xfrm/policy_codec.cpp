#include "xfrm/policy_codec.h"

#include "netlink/attributes.h"
#include "xfrm/wire.h"

#include <arpa/inet.h>
#include <linux/xfrm.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

namespace linkspan::xfrm {

namespace {

constexpr std::uint32_t full_mask = 0xffff'ffff;
constexpr std::uint32_t all_algorithms = 0xffff'ffff; ///< the SA's algorithms were IKE's to choose

template <typename T>
bool same_bytes(const T& a, const T& b)
{
    return std::memcmp(&a, &b, sizeof(T)) == 0;
}

std::uint32_t uid_of(Role role)
{
    switch (role) {
    case Role::Protect: return 0;
    case Role::Block: return block_uid;
    case Role::Bypass: return bypass_uid;
    }
    return 0;
}

Role role_of(std::uint32_t uid)
{
    if (uid == block_uid) return Role::Block;
    return uid == bypass_uid ? Role::Bypass : Role::Protect;
}

/// `to` is zeroed before: the kernel compares selectors byte by byte, padding included.
void encode_selector(const PolicyKey& key, xfrm_selector& to)
{
    encode_address(key.source.address, to.saddr);
    encode_address(key.destination.address, to.daddr);
    to.prefixlen_s = key.source.length;
    to.prefixlen_d = key.destination.length;
    to.family = static_cast<std::uint16_t>(address_family(key.destination.family()));
    to.user = uid_of(key.role);
    to.proto = key.protocol;
    to.sport = htons(key.source_port);
    to.sport_mask = key.source_port ? 0xffff : 0;
    to.dport = htons(key.destination_port);
    to.dport_mask = key.destination_port ? 0xffff : 0;
}

/// No limits: zero bytes would be a limit of zero bytes.
void encode_unlimited(xfrm_lifetime_cfg& to)
{
    to.soft_byte_limit = to.hard_byte_limit = XFRM_INF;
    to.soft_packet_limit = to.hard_packet_limit = XFRM_INF;
}

void encode_info(const PolicyKey& key, xfrm_userpolicy_info& to)
{
    const bool block = key.role == Role::Block;
    encode_selector(key, to.sel);
    encode_unlimited(to.lft);
    to.priority = priority_of(key);
    to.dir = static_cast<std::uint8_t>(key.direction);
    to.action = block ? XFRM_POLICY_BLOCK : XFRM_POLICY_ALLOW;
    to.share = XFRM_SHARE_ANY;
}

void encode_template(const Template& protect, xfrm_user_tmpl& to)
{
    encode_address(protect.source, to.saddr);
    encode_address(protect.destination, to.id.daddr);
    to.id.proto = IPPROTO_ESP;
    to.family = static_cast<std::uint16_t>(address_family(protect.destination.family));
    to.reqid = protect.reqid.value;
    to.mode = XFRM_MODE_TUNNEL;
    to.aalgos = to.ealgos = to.calgos = all_algorithms;
}

/// `Wire` on zeroed bytes, for a fixed-size attribute or a comparison.
template <typename Wire, typename Value>
Wire wire_of(void (*encode)(const Value&, Wire&), const Value& value)
{
    Wire wire;
    std::memset(&wire, 0, sizeof wire);
    encode(value, wire);
    return wire;
}

std::uint32_t mask_of(Mark mark)
{
    return is_policy_path(mark) ? path_mask : full_mask;
}

void put_ids(const PolicyKey& key, netlink::Message& message)
{
    if (key.mark.value) message.pod(XFRMA_MARK, xfrm_mark{.v = key.mark.value, .m = mask_of(key.mark)});
    if (key.if_id.value) message.pod(XFRMA_IF_ID, key.if_id.value);
}

void encode_policy(std::uint16_t type, const PolicySpec& spec, netlink::Message& message)
{
    message.reset(type, 0);
    encode_info(spec.key, message.body<xfrm_userpolicy_info>());
    if (spec.protect) message.pod(XFRMA_TMPL, wire_of(encode_template, *spec.protect));
    put_ids(spec.key, message);
}

void encode_id(std::uint16_t type, const PolicyKey& key, netlink::Message& message)
{
    message.reset(type, 0);
    auto& id = message.body<xfrm_userpolicy_id>();
    encode_selector(key, id.sel);
    id.dir = static_cast<std::uint8_t>(key.direction);
    put_ids(key, message);
}

/// What the attributes of a policy message say.
struct Details {
    std::optional<xfrm_user_tmpl> first = {};
    std::size_t template_bytes = 0;
    xfrm_mark mark = {};
    std::uint32_t if_id = 0;
    std::uint8_t type = XFRM_POLICY_TYPE_MAIN;
};

Details details_of(const nlmsghdr& message)
{
    Details details;
    for (const netlink::Attribute attribute : netlink::attributes_of(message, sizeof(xfrm_userpolicy_info)))
        switch (attribute.type) {
        case XFRMA_TMPL:
            details.first = attribute.get<xfrm_user_tmpl>();
            details.template_bytes = attribute.payload.size();
            break;
        case XFRMA_MARK: details.mark = attribute.get<xfrm_mark>().value_or(xfrm_mark{}); break;
        case XFRMA_IF_ID: details.if_id = attribute.get<std::uint32_t>().value_or(0); break;
        case XFRMA_POLICY_TYPE:
            details.type = attribute.get<xfrm_userpolicy_type>().value_or(xfrm_userpolicy_type{}).type;
            break;
        default: break;
        }
    return details;
}

/// Nothing where the policy's selector, mark and type are not exactly those of a key we would write: the selector is
/// written again and compared, as the kernel compares it.
std::optional<PolicyKey> decode_key(const xfrm_userpolicy_info& info, const Details& details)
{
    const auto family = decode_family(info.sel.family);
    const bool whole_mark =
        details.mark.m == mask_of(Mark{details.mark.v}) || (details.mark.m == 0 && details.mark.v == 0);
    if (!family || info.dir > XFRM_POLICY_FWD || !whole_mark || details.type != XFRM_POLICY_TYPE_MAIN)
        return std::nullopt;
    if (std::max(info.sel.prefixlen_s, info.sel.prefixlen_d) > address_bits(*family)) return std::nullopt;
    const PolicyKey key{
        .direction = static_cast<Direction>(info.dir),
        .role = role_of(info.sel.user),
        .source = IpPrefix::network_of(decode_address(info.sel.saddr, *family), info.sel.prefixlen_s),
        .destination = IpPrefix::network_of(decode_address(info.sel.daddr, *family), info.sel.prefixlen_d),
        .mark = Mark{details.mark.v},
        .if_id = IfId{details.if_id},
        .protocol = info.sel.proto,
        .source_port = ntohs(info.sel.sport),
        .destination_port = ntohs(info.sel.dport),
    };
    if (!key.is_plain() && !is_ours(key.mark) && !is_ours(key.if_id)) return std::nullopt;
    if (!same_bytes(wire_of(encode_selector, key), info.sel)) return std::nullopt;
    return key;
}

std::optional<Template> decode_template(const std::optional<xfrm_user_tmpl>& wire)
{
    if (!wire) return std::nullopt;
    const auto family = decode_family(wire->family);
    if (!family) return std::nullopt;
    return Template{decode_address(wire->saddr, *family), decode_address(wire->id.daddr, *family), Reqid{wire->reqid}};
}

/// Whether what the kernel holds is, byte for byte, what we would have written for `policy`.
bool as_written(const ObservedPolicy& policy, xfrm_userpolicy_info info, const Details& details)
{
    info.index = 0;
    info.curlft = {};
    if (!same_bytes(wire_of(encode_info, policy.key), info)) return false;
    if (policy.key.role != Role::Protect) return details.template_bytes == 0;
    return policy.protect && details.template_bytes == sizeof(xfrm_user_tmpl) &&
           same_bytes(wire_of(encode_template, *policy.protect), *details.first);
}

/// What 0.1.0 gave a plain policy, which counted in fives: such a one is ours, and is given its new number in place.
std::uint32_t priority_in_0_1(const PolicyKey& key)
{
    const auto now = priority_of(key);
    if (!key.is_plain() || key.role == Role::Block) return now;
    const auto networks = (now - plain_priority_first) / 6, breadth = (now - plain_priority_first) % 6;
    return plain_priority_first + networks * 5 + (breadth > 3 ? breadth - 1 : breadth);
}

/// A plain protect policy carries no id of ours but its template's reqid.
bool is_ours(const ObservedPolicy& policy, const std::optional<xfrm_user_tmpl>& first)
{
    if (policy.priority != priority_of(policy.key) && policy.priority != priority_in_0_1(policy.key)) return false;
    const bool needs_template = policy.key.is_plain() && policy.key.role == Role::Protect;
    return first ? linkspan::is_ours(Reqid{first->reqid}) : !needs_template;
}

} // namespace

void encode_create(const PolicySpec& spec, netlink::Message& message)
{
    encode_policy(XFRM_MSG_NEWPOLICY, spec, message);
}

void encode_update(const PolicySpec& spec, netlink::Message& message)
{
    encode_policy(XFRM_MSG_UPDPOLICY, spec, message);
}

void encode_delete(const PolicyKey& key, netlink::Message& message)
{
    encode_id(XFRM_MSG_DELPOLICY, key, message);
}

void encode_get(const PolicyKey& key, netlink::Message& message)
{
    encode_id(XFRM_MSG_GETPOLICY, key, message);
}

void encode_dump_policies(netlink::Message& message)
{
    message.reset(XFRM_MSG_GETPOLICY, 0);
}

std::vector<std::uint8_t> socket_policy(Family family, const Template& protect)
{
    const auto all = IpPrefix::any(family);
    const PolicyKey key{.direction = Direction::Out, .source = all, .destination = all};
    const auto info = wire_of(encode_info, key);
    const auto wanted = wire_of(encode_template, protect);
    std::vector<std::uint8_t> bytes(sizeof info + sizeof wanted);
    std::memcpy(bytes.data(), &info, sizeof info);
    std::memcpy(bytes.data() + sizeof info, &wanted, sizeof wanted);
    return bytes;
}

std::optional<ObservedPolicy> decode_policy(const nlmsghdr& message)
{
    if (message.nlmsg_type != XFRM_MSG_NEWPOLICY) return std::nullopt;
    const auto info = netlink::body_of<xfrm_userpolicy_info>(message);
    if (!info) return std::nullopt;
    const Details details = details_of(message);
    const auto key = decode_key(*info, details);
    if (!key) return std::nullopt;
    ObservedPolicy policy{.key = *key, .protect = decode_template(details.first)};
    policy.priority = info->priority;
    policy.index = info->index;
    policy.action = info->action == XFRM_POLICY_BLOCK ? Action::Block : Action::Allow;
    policy.ours = is_ours(policy, details.first);
    policy.drifted = !as_written(policy, *info, details);
    return policy;
}

} // namespace linkspan::xfrm
