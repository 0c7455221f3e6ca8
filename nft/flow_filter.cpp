#include "nft/flow_filter.h"

#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstddef>

namespace linkspan::nft {
namespace {

/// The kernel begins with the tuple of the first packet (ctnetlink_conntrack_event): the nest, within it the nest of the
/// addresses, both of these, the nest of the protocol, and its number.
constexpr std::uint32_t attributes_at = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(nfgenmsg));
constexpr std::uint32_t family_at = NLMSG_HDRLEN + offsetof(nfgenmsg, nfgen_family);
constexpr std::uint32_t protocol_at(std::uint32_t address)
{
    return attributes_at + 2 * NLA_HDRLEN + 2 * (NLA_HDRLEN + address) + 2 * NLA_HDRLEN;
}

constexpr sock_filter load(int size, std::uint32_t at)
{
    return {static_cast<std::uint16_t>(BPF_LD | BPF_ABS | size), 0, 0, at};
}
constexpr sock_filter jump(int test, std::uint32_t value, std::uint8_t yes, std::uint8_t no)
{
    return {static_cast<std::uint16_t>(BPF_JMP | test | BPF_K), yes, no, value};
}

/// The first word of an attribute into A, in host order; ends the program with 0 where there is none.
void load_attribute(std::vector<sock_filter>& program, std::uint32_t type)
{
    program.push_back({BPF_LD | BPF_IMM, 0, 0, attributes_at});
    program.push_back({BPF_LDX | BPF_IMM, 0, 0, type});
    program.push_back(load(BPF_W, static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_NLATTR)));
    program.push_back(jump(BPF_JEQ, 0, 0, 1));
    program.push_back({BPF_RET | BPF_K, 0, 0, 0});
    program.push_back({BPF_MISC | BPF_TAX, 0, 0, 0});
    program.push_back({BPF_LD | BPF_W | BPF_IND, 0, 0, NLA_HDRLEN});
}

} // namespace

std::vector<sock_filter> program_of_flows(std::uint32_t marks)
{
    constexpr sock_filter everything{BPF_RET | BPF_K, 0, 0, 0xffff'ffff}, nothing{BPF_RET | BPF_K, 0, 0, 0};
    std::vector<sock_filter> program{
        load(BPF_B, family_at),           jump(BPF_JEQ, AF_INET, 2, 0),
        load(BPF_B, protocol_at(16)),     {BPF_JMP | BPF_JA, 0, 0, 1},
        load(BPF_B, protocol_at(4)),      jump(BPF_JEQ, IPPROTO_TCP, 2, 0),
        jump(BPF_JEQ, IPPROTO_UDP, 1, 0), nothing,
    };
    load_attribute(program, CTA_STATUS);
    program.push_back(jump(BPF_JSET, IPS_NAT_MASK, 0, 1));
    program.push_back(everything);
    load_attribute(program, CTA_MARK); // told where it is not 0
    program.push_back(jump(BPF_JSET, marks, 0, 1));
    program.push_back(everything);
    program.push_back(nothing);
    return program;
}

} // namespace linkspan::nft
