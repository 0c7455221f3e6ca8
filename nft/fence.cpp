#include "nft/fence.h"

#include "nft/context.h"
#include "nft/nat_codec.h"

#include <linux/netfilter.h>

#include <algorithm>
#include <functional>
#include <optional>

namespace linkspan::nft {
namespace {

std::string list_of(const FenceSpec& spec, Family family)
{
    std::string list;
    for (const auto& address : spec)
        if (address.family == family) list += (list.empty() ? "" : ", ") + address.text();
    return list;
}

std::string anew(const std::string& chain, const std::string& hook)
{
    return "add chain " + chain + " { type filter hook " + hook + "; policy accept; }\nflush chain " + chain + "\n";
}

/// `address`, whatever packet this is, for a comparison with a set: nft compares only what it can load, so the source is loaded
/// and replaced.
std::string element(const std::string& source, const std::string& nothing, const std::string& address)
{
    return " " + source + " & " + nothing + " ^ " + address;
}

std::optional<std::string> first_of(const FenceSpec& spec, Family family)
{
    const auto found = std::ranges::find(spec, family, &IpAddress::family);
    if (found == spec.end()) return {};
    return found->text();
}

/// "Host unreachable" is what a gateway says that has just given its addresses away, to who still sends to it for a moment; the
/// other gateway would have carried the next try.
std::string error_rules(const FenceSpec& spec, const std::string& chain)
{
    std::string text;
    if (const auto v4 = first_of(spec, Family::V4))
        text += "add rule " + chain + " icmp type destination-unreachable icmp code { 0, 1 }" +
                element("ip saddr", "0.0.0.0", *v4) + " != @lifted4 counter drop\n";
    if (const auto v6 = first_of(spec, Family::V6))
        text += "add rule " + chain + " icmpv6 type destination-unreachable icmpv6 code { 0, 3 }" +
                element("ip6 saddr", "::", *v6) + " != @lifted6 counter drop\n";
    return text;
}

/// Of SAs charon's ha plugin tells the other gateway where this one carries, and is told of none then. What a mute gateway's IKE
/// says never reaches the peer, and nobody is to count on it: a request or an answer that was dropped here would be another
/// message ID there than with the peer, and an IKE_SA that is given up for want of answers would end at who carries by it. And
/// a plugin takes what it is sent, be it the copy of an IKE_SA that it has itself: that would be passive from then on, and answer
/// nobody. The datagram's second byte is its type (HA_IKE_ADD, _UPDATE, both _MID, _DELETE, HA_CHILD_ADD, _DELETE, HA_IKE_IV).
std::string plugin_rules(const std::string& table)
{
    const std::string port = std::to_string(plugin_port);
    const std::string types = " @th,72,8 { 1, 2, 3, 4, 5, 6, 7, 12 } counter drop\n";
    return "add rule " + table + " output udp dport " + port + " udp dport != @tells" + types + "add rule " + table +
           " input udp dport @tells" + types;
}

/// A later hook sees what an earlier one let through, and source NAT (100) onto a shared address happens in between.
std::string ip_rules(const FenceSpec& spec)
{
    const std::string table = "inet " + std::string{fence_table};
    std::string text = "add table " + table + "\nadd set " + table +
                       " lifted4 { type ipv4_addr; flags timeout; }\nadd set " + table +
                       " lifted6 { type ipv6_addr; flags timeout; }\nadd set " + table +
                       " tells { type inet_service; flags timeout; }\n";
    for (const std::string hook : {"output", "postrouting"}) {
        text += anew(table + " " + hook, hook + " priority 300");
        const auto rule = [&](const std::string& match, const std::string& list, const std::string& set) {
            if (list.empty()) return;
            text += "add rule " + table + " " + hook + " " + match + " { " + list + " } " + match + " != @" + set +
                    " counter drop\n";
        };
        rule("ip saddr", list_of(spec, Family::V4), "lifted4");
        rule("ip6 saddr", list_of(spec, Family::V6), "lifted6");
    }
    text += anew(table + " input", "input priority 0");
    return text + error_rules(spec, table + " output") + plugin_rules(table);
}

/// A fenced gateway that still answered ARP would draw the LAN's packets to itself, and drop them.
std::string arp_rules(const FenceSpec& spec)
{
    const std::string table = "arp " + std::string{fence_table};
    std::string text = "add table " + table + "\nadd set " + table + " lifted { type ipv4_addr; flags timeout; }\n";
    text += anew(table + " output", "output priority 300");
    if (const auto list = list_of(spec, Family::V4); !list.empty())
        text += "add rule " + table + " output arp saddr ip { " + list + " } arp saddr ip != @lifted counter drop\n";
    return text;
}

} // namespace

std::string render(const FenceSpec& spec)
{
    return ip_rules(spec) + arp_rules(spec);
}

Result<Fence> Fence::open()
{
    auto socket = netlink::Socket::open(NETLINK_NETFILTER);
    TRY(socket);
    return Fence{std::move(*socket)};
}

Result<> Fence::stand(FenceSpec spec)
{
    TRY(build(spec, "stand the fence"));
    spec_ = std::move(spec);
    return {};
}

Result<> Fence::build(const FenceSpec& spec, const char* what)
{
    TRY(run(render(spec), what));
    auto built = rules();
    TRY(built);
    rules_ = std::move(*built);
    return {};
}

Result<std::vector<FenceRule>> Fence::rules()
{
    std::vector<FenceRule> rules;
    for (const std::uint8_t family : {NFPROTO_INET, NFPROTO_ARP}) {
        netlink::Message message;
        encode_rules_of(family, message);
        const auto read = socket_.dump(message, "read the fence's rules", [&](const nlmsghdr& answer) {
            if (const auto rule = decode_fence_rule(answer)) rules.push_back(*rule);
        });
        if (!read && read.error().kind != Kind::NotFound) return std::unexpected(read.error());
    }
    return rules;
}

Result<bool> Fence::mend()
{
    const auto there = rules();
    TRY(there);
    if (*there == rules_) return false;
    TRY(build(spec_, "stand the fence again"));
    return true;
}

Result<> Fence::remove()
{
    std::string text;
    for (const std::string family : {"inet ", "arp "}) {
        const auto table = family + std::string{fence_table};
        text += "add table " + table + "\ndelete table " + table + "\n"; // nft 1.0.6 has no `destroy`
    }
    TRY(run(text, "take the fence away"));
    spec_.clear();
    rules_.clear();
    return {};
}

Result<> Fence::lift(std::chrono::milliseconds time)
{
    return change(std::max(time, std::chrono::milliseconds{1}));
}

Result<> Fence::close()
{
    return change(std::nullopt);
}

Result<> Fence::change(std::optional<std::chrono::milliseconds> time)
{
    // Only so that deleting it finds something, and within the transaction: on a busy machine less has run out before that.
    constexpr std::chrono::seconds meanwhile{10};
    std::vector<std::function<void(netlink::Message&)>> steps{encode_begin};
    for (const auto& set : fence_sets()) {
        if (!concerns(set, spec_)) continue;
        steps.emplace_back([&](auto& message) { encode_lift(set, spec_, meanwhile, message); });
        steps.emplace_back([&](auto& message) { encode_lower(set, spec_, message); });
        if (time) steps.emplace_back([&](auto& message) { encode_lift(set, spec_, *time, message); });
    }
    if (steps.size() == 1) return {};
    steps.emplace_back(encode_end);
    const netlink::Requests requests{steps.size(), [&](std::size_t i, netlink::Message& message) { steps[i](message); },
                                     [](std::size_t) { return std::string{"elements"}; }};
    const auto what = time ? "lift the fence" : "close the fence";
    auto done = socket_.transact(requests, what);
    if (done || done.error().kind != Kind::NotFound) return done;
    TRY(build(spec_, "stand the fence again"));
    return socket_.transact(requests, what);
}

Result<bool> Fence::is_lifted()
{
    bool lifted = false;
    for (const auto& set : fence_sets()) {
        netlink::Message message;
        encode_elements_of(set, message);
        const auto read =
            socket_.dump(message, "read the fence", [&](const nlmsghdr& answer) { lifted |= has_elements(answer); });
        if (!read && read.error().kind != Kind::NotFound) return std::unexpected(read.error());
    }
    return lifted;
}

} // namespace linkspan::nft
