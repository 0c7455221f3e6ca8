#pragma once

#include "netlink/channel.h"
#include "tests/fake/links.h"
#include "tests/fake/routes.h"

#include <linux/fib_rules.h>

#include <deque>
#include <functional>
#include <memory>

namespace linkspan::fake {

/// A kernel's links, addresses and routes, spoken to in netlink messages. tests/contract/vti_contract_test.cpp and
/// route_contract_test.cpp hold it against the real one. Outlives its channels.
class Rtnetlink {
public:
    Links links = {};
    Routes routes = {};
    std::size_t changes = 0;                           ///< writes that were done
    std::function<int(const nlmsghdr&)> refuse = {};   ///< a negative errno to answer with instead; 0 = none
    std::function<void(nlmsghdr&)> before_answer = {}; ///< may falsify a datagram's first message

    [[nodiscard]] netlink::Dial dial()
    {
        return [this]() -> Result<std::unique_ptr<netlink::Channel>> { return std::make_unique<Line>(*this); };
    }

    /// A link that is up and has none of our marks.
    FakeLink& add_foreign(std::string name, std::string kind = "veth")
    {
        auto& link = links.add(std::move(name), std::move(kind));
        link.up = true;
        return link;
    }

private:
    class Line final : public netlink::Channel {
    public:
        explicit Line(Rtnetlink& kernel) : kernel_(kernel) {}

        Result<> send(std::span<const std::byte> messages) override
        {
            const auto* message = reinterpret_cast<const nlmsghdr*>(messages.data());
            auto rest = static_cast<unsigned>(messages.size());
            for (; NLMSG_OK(message, rest); message = NLMSG_NEXT(message, rest)) kernel_.serve(*message, queue_);
            return {};
        }

        Result<std::span<const std::byte>> receive(std::span<std::byte> buffer) override
        {
            if (queue_.empty()) return failure(Kind::Timeout, "the kernel did not answer in time");
            const Bytes datagram = std::move(queue_.front());
            queue_.pop_front();
            std::ranges::copy(datagram, buffer.begin());
            if (kernel_.before_answer) kernel_.before_answer(*reinterpret_cast<nlmsghdr*>(buffer.data()));
            return buffer.first(datagram.size());
        }

    private:
        Rtnetlink& kernel_;
        std::deque<Bytes> queue_;
    };

    void serve(const nlmsghdr& request, std::deque<Bytes>& answers)
    {
        const bool dump = (request.nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
        int error = refuse ? refuse(request) : 0;
        if (error == 0) error = dump ? dump_all(request, answers) : single(request, answers);
        if (error != 0 || (!dump && (request.nlmsg_flags & NLM_F_ACK))) answers.push_back(ack(request, error));
    }

    int single(const nlmsghdr& request, std::deque<Bytes>& answers)
    {
        if (request.nlmsg_type == RTM_GETLINK) return get_link(request, answers);
        const int error = change(request);
        changes += error == 0;
        return error;
    }

    int change(const nlmsghdr& request)
    {
        switch (request.nlmsg_type) {
        case RTM_NEWLINK: return links.create(request);
        case RTM_SETLINK:
        case RTM_DELLINK: return change_link(request);
        case RTM_NEWADDR: return routes.add_address(request, links);
        case RTM_DELADDR: return routes.delete_address(request);
        case RTM_NEWROUTE: return routes.add_route(request, links);
        case RTM_DELROUTE: return routes.delete_route(request);
        case RTM_NEWRULE: return add_rule(request);
        case RTM_DELRULE: return delete_rule(request);
        default: return -EOPNOTSUPP;
        }
    }

    int change_link(const nlmsghdr& request)
    {
        const auto* link = links.find(Links::name_in(request));
        if (!link) return -ENODEV;
        const auto index = link->index;
        const bool was_up = link->up, removes = request.nlmsg_type == RTM_DELLINK;
        const int error = removes ? links.remove(request) : links.set(request);
        if (error != 0) return error;
        const bool is_up = !removes && links.find(index)->up;
        if (is_up && !was_up) routes.link_up(index);
        if (!is_up) routes.link_down(index, removes);
        return 0;
    }

    int get_link(const nlmsghdr& request, std::deque<Bytes>& answers)
    {
        const auto* link = links.find(Links::name_in(request));
        if (!link) return -ENODEV;
        netlink::Message message;
        Links::write(*link, message);
        answers.push_back(bytes_of(message, request, 0));
        return 0;
    }

    template <typename Objects>
    void tell(const Objects& objects, const nlmsghdr& request, std::deque<Bytes>& answers, const auto& wanted)
    {
        netlink::Message message;
        for (const auto& object : objects) {
            if (!wanted(object)) continue;
            if constexpr (requires { Links::write(object, message); })
                Links::write(object, message);
            else
                Routes::write(object, message);
            answers.push_back(bytes_of(message, request, NLM_F_MULTI));
        }
    }

    int dump_all(const nlmsghdr& request, std::deque<Bytes>& answers)
    {
        if (request.nlmsg_type == RTM_GETLINK) {
            tell(links.all(), request, answers, [](const auto&) { return true; });
        } else if (request.nlmsg_type == RTM_GETADDR) {
            const auto filter = netlink::body_of<ifaddrmsg>(request).value_or(ifaddrmsg{});
            tell(routes.addresses, request, answers, [&](const FakeAddress& a) {
                return address_family(a.address.address.family) == filter.ifa_family &&
                       (filter.ifa_index == 0 || a.link == filter.ifa_index);
            });
        } else if (request.nlmsg_type == RTM_GETROUTE) {
            const auto filter = Routes::read_route(request).value_or(FakeRoute{});
            tell(routes.routes, request, answers, [&](const FakeRoute& r) {
                return r.destination.family() == filter.destination.family() && r.table == filter.table &&
                       (filter.protocol == 0 || r.protocol == filter.protocol) &&
                       (filter.type == 0 || r.type == filter.type) && (filter.link == 0 || r.link == filter.link);
            });
        } else if (request.nlmsg_type == RTM_GETRULE) {
            tell_rules(request, answers);
        } else {
            return -EOPNOTSUPP;
        }
        netlink::Message done{NLMSG_DONE, 0};
        done.body<int>() = 0;
        answers.push_back(bytes_of(done, request, NLM_F_MULTI));
        return 0;
    }

    /// The header and the attributes: what makes a rule one rule.
    static Bytes rule_of(const nlmsghdr& request)
    {
        const auto* bytes = reinterpret_cast<const std::byte*>(&request);
        return {bytes + NLMSG_HDRLEN, bytes + request.nlmsg_len};
    }

    int add_rule(const nlmsghdr& request)
    {
        auto rule = rule_of(request);
        if (std::ranges::find(rules_, rule) != rules_.end()) return -EEXIST;
        rules_.push_back(std::move(rule));
        return 0;
    }

    int delete_rule(const nlmsghdr& request) { return std::erase(rules_, rule_of(request)) ? 0 : -ENOENT; }

    void tell_rules(const nlmsghdr& request, std::deque<Bytes>& answers)
    {
        for (const auto& rule : rules_) {
            netlink::Message message{RTM_NEWRULE, 0};
            auto& body = message.body<fib_rule_hdr>();
            std::memcpy(&body, rule.data(), sizeof body);
            if (body.family != netlink::body_of<fib_rule_hdr>(request)->family) continue;
            for (const auto attribute : netlink::Attributes{std::span{rule}.subspan(sizeof body)})
                message.bytes(attribute.type, attribute.payload);
            answers.push_back(bytes_of(message, request, NLM_F_MULTI));
        }
    }

    static Bytes ack(const nlmsghdr& request, int error)
    {
        netlink::Message message{NLMSG_ERROR, 0};
        auto& body = message.body<nlmsgerr>();
        body.error = error;
        body.msg = request;
        return bytes_of(message, request, NLM_F_CAPPED);
    }

    static Bytes bytes_of(netlink::Message& message, const nlmsghdr& request, int flags)
    {
        message.header().nlmsg_flags = static_cast<std::uint16_t>(flags);
        message.header().nlmsg_seq = request.nlmsg_seq;
        const auto wire = message.wire();
        return {wire.begin(), wire.end()};
    }

    std::vector<Bytes> rules_;
};

} // namespace linkspan::fake
