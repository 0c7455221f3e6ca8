#pragma once

#include "netlink/attributes.h"
#include "netlink/message.h"

#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/if_tunnel.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string>
#include <vector>

namespace linkspan::fake {

using Bytes = std::vector<std::byte>;

struct FakeLink {
    std::uint32_t index = 0;
    std::string name = {}, kind = {}, alias = {};
    std::uint32_t mtu = 1500, group = 0;
    bool up = false;
    Bytes kind_data = {}; ///< IFLA_INFO_DATA
    std::vector<std::uint32_t> ipv4 = std::vector<std::uint32_t>(IPV4_DEVCONF_MAX);
    /// What only /proc/sys can set is as if it had been written: a fake has no /proc.
    std::vector<std::uint32_t> ipv6 = [] {
        std::vector<std::uint32_t> conf(DEVCONF_MAX);
        conf[DEVCONF_DISABLE_POLICY] = 1;
        return conf;
    }();
};

/// The links of a namespace. Answers 0 or a negative errno, as rtnetlink does.
class Links {
public:
    FakeLink& add(std::string name, std::string kind)
    {
        links_.push_back({.index = ++last_index_, .name = std::move(name), .kind = std::move(kind)});
        return links_.back();
    }

    [[nodiscard]] FakeLink* find(std::uint32_t index)
    {
        return find_if([&](const FakeLink& l) { return l.index == index; });
    }
    [[nodiscard]] FakeLink* find(const std::string& name)
    {
        return find_if([&](const FakeLink& l) { return l.name == name; });
    }
    [[nodiscard]] const std::vector<FakeLink>& all() const { return links_; }

    int create(const nlmsghdr& request)
    {
        FakeLink link{.name = name_in(request)};
        for (const auto attribute : netlink::attributes_of(request, sizeof(ifinfomsg)))
            if (attribute.type == IFLA_LINKINFO) read_info(attribute.nested(), link);
        if (find(link.name)) return (request.nlmsg_flags & NLM_F_EXCL) ? -EEXIST : -EOPNOTSUPP;
        if (link.kind != "vti" && link.kind != "vti6" && link.kind != "xfrm") return -EOPNOTSUPP;
        if (const int refused = check_kind(link)) return refused;
        link.index = ++last_index_;
        read_settings(request, link);
        links_.push_back(std::move(link));
        return 0;
    }

    int set(const nlmsghdr& request)
    {
        auto* link = find(name_in(request));
        if (!link) return -ENODEV;
        read_settings(request, *link);
        const auto body = netlink::body_of<ifinfomsg>(request);
        if (body->ifi_change & IFF_UP) link->up = (body->ifi_flags & IFF_UP) != 0;
        return 0;
    }

    int remove(const nlmsghdr& request)
    {
        const auto name = name_in(request);
        return std::erase_if(links_, [&](const FakeLink& l) { return l.name == name; }) ? 0 : -ENODEV;
    }

    static void write(const FakeLink& link, netlink::Message& m)
    {
        m.reset(RTM_NEWLINK, 0);
        auto& body = m.body<ifinfomsg>();
        body.ifi_index = static_cast<int>(link.index);
        body.ifi_flags = link.up ? IFF_UP : 0;
        m.text(IFLA_IFNAME, link.name).pod(IFLA_MTU, link.mtu).pod(IFLA_GROUP, link.group);
        if (!link.alias.empty()) m.text(IFLA_IFALIAS, link.alias);
        if (!link.kind.empty())
            m.nest(IFLA_LINKINFO, [&](netlink::Message& info) {
                info.text(IFLA_INFO_KIND, link.kind).bytes(IFLA_INFO_DATA, link.kind_data);
            });
        m.nest(IFLA_AF_SPEC, [&](netlink::Message& families) {
            families.nest(AF_INET,
                          [&](auto& inet) { inet.bytes(IFLA_INET_CONF, std::as_bytes(std::span{link.ipv4})); });
            families.nest(AF_INET6,
                          [&](auto& inet) { inet.bytes(IFLA_INET6_CONF, std::as_bytes(std::span{link.ipv6})); });
        });
    }

    static std::string name_in(const nlmsghdr& request)
    {
        for (const auto attribute : netlink::attributes_of(request, sizeof(ifinfomsg)))
            if (attribute.type == IFLA_IFNAME) return std::string{attribute.text()};
        return {};
    }

private:
    template <typename Pred>
    FakeLink* find_if(Pred pred)
    {
        const auto found = std::ranges::find_if(links_, pred);
        return found == links_.end() ? nullptr : &*found;
    }

    static void read_info(netlink::Attributes info, FakeLink& link)
    {
        for (const auto attribute : info) {
            if (attribute.type == IFLA_INFO_KIND) link.kind = attribute.text();
            if (attribute.type == IFLA_INFO_DATA)
                link.kind_data.assign(attribute.payload.begin(), attribute.payload.end());
        }
    }

    static Bytes value_in(const FakeLink& link, std::uint16_t type)
    {
        for (const auto attribute : netlink::Attributes{link.kind_data})
            if (attribute.type == type) return {attribute.payload.begin(), attribute.payload.end()};
        return {};
    }

    /// One XFRM interface an if_id, one VTI a pair of endpoints.
    int check_kind(const FakeLink& link) const
    {
        const bool xfrm = link.kind == "xfrm";
        if (xfrm && value_in(link, IFLA_XFRM_IF_ID) == Bytes(4)) return -EINVAL;
        const auto slot = [&](const FakeLink& l) {
            if (xfrm) return value_in(l, IFLA_XFRM_IF_ID);
            auto both = value_in(l, IFLA_VTI_LOCAL);
            std::ranges::copy(value_in(l, IFLA_VTI_REMOTE), std::back_inserter(both));
            return both;
        };
        const bool taken = std::ranges::any_of(
            links_, [&](const FakeLink& l) { return l.kind == link.kind && slot(l) == slot(link); });
        return taken ? -EEXIST : 0;
    }

    static void read_settings(const nlmsghdr& request, FakeLink& link)
    {
        for (const auto attribute : netlink::attributes_of(request, sizeof(ifinfomsg))) {
            if (attribute.type == IFLA_MTU) link.mtu = attribute.get<std::uint32_t>().value_or(link.mtu);
            if (attribute.type == IFLA_GROUP) link.group = attribute.get<std::uint32_t>().value_or(link.group);
            if (attribute.type == IFLA_IFALIAS) link.alias = attribute.text();
            if (attribute.type == IFLA_AF_SPEC) read_families(attribute.nested(), link);
        }
    }

    static void read_families(netlink::Attributes families, FakeLink& link)
    {
        for (const auto family : families)
            for (const auto attribute : family.nested()) {
                if (family.type == AF_INET6 && attribute.type == IFLA_INET6_ADDR_GEN_MODE)
                    link.ipv6[DEVCONF_ADDR_GEN_MODE] = attribute.get<std::uint8_t>().value_or(0);
                if (family.type != AF_INET || attribute.type != IFLA_INET_CONF) continue;
                for (const auto value : attribute.nested())
                    if (value.type >= 1 && value.type <= IPV4_DEVCONF_MAX)
                        link.ipv4[value.type - 1u] = value.get<std::uint32_t>().value_or(0);
            }
    }

    std::vector<FakeLink> links_;
    std::uint32_t last_index_ = 0;
};

} // namespace linkspan::fake
