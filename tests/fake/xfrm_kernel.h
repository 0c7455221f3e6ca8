#pragma once

#include "netlink/attributes.h"
#include "netlink/channel.h"
#include "netlink/message.h"

#include <linux/xfrm.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace linkspan::fake {

/// The policy and SA tables of a kernel, spoken to in netlink messages. It refuses what the kernel refuses and answers
/// negative errnos; tests/contract/xfrm_contract_test.cpp holds it against the real one. Outlives its channels.
class XfrmKernel {
public:
    [[nodiscard]] netlink::Dial dial()
    {
        return [this]() -> Result<std::unique_ptr<netlink::Channel>> {
            ++dials;
            return std::make_unique<Line>(*this);
        };
    }

    std::size_t dials = 0;
    std::size_t changes = 0;                           ///< creates, updates and deletes that were done
    std::function<int(const nlmsghdr&)> refuse = {};   ///< a negative errno to answer with instead; 0 = none
    std::function<void(nlmsghdr&)> before_answer = {}; ///< may falsify a datagram's first message
    std::string_view refusal_text = {};                ///< extended ack of a refusal
    std::function<Result<>()> before_receive = {};     ///< may fail in place of the channel

private:
    using Bytes = std::vector<std::byte>;

    struct Policy {
        xfrm_userpolicy_info info = {};
        xfrm_mark mark = {};
        std::uint32_t if_id = 0;
        Bytes templates = {};
    };

    struct State {
        xfrm_usersa_info info = {};
        xfrm_mark mark = {};
        Bytes attributes = {};
    };

    class Line final : public netlink::Channel {
    public:
        explicit Line(XfrmKernel& kernel) : kernel_(kernel) {}

        Result<> send(std::span<const std::byte> messages) override
        {
            const auto* message = reinterpret_cast<const nlmsghdr*>(messages.data());
            auto rest = static_cast<unsigned>(messages.size());
            for (; NLMSG_OK(message, rest); message = NLMSG_NEXT(message, rest)) kernel_.serve(*message, queue_);
            return {};
        }

        Result<std::span<const std::byte>> receive(std::span<std::byte> buffer) override
        {
            if (kernel_.before_receive) TRY(kernel_.before_receive());
            if (queue_.empty()) return failure(Kind::Timeout, "the kernel did not answer in time");
            const Bytes datagram = std::move(queue_.front());
            queue_.pop_front();
            std::ranges::copy(datagram, buffer.begin());
            if (kernel_.before_answer) kernel_.before_answer(*reinterpret_cast<nlmsghdr*>(buffer.data()));
            return buffer.first(datagram.size());
        }

    private:
        XfrmKernel& kernel_;
        std::deque<Bytes> queue_;
    };

    void serve(const nlmsghdr& request, std::deque<Bytes>& answers)
    {
        const bool dump = (request.nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
        int error = refuse ? refuse(request) : 0;
        if (error == 0) error = dump ? dump_all(request, answers) : change(request, answers);
        if (error != 0 || (!dump && (request.nlmsg_flags & NLM_F_ACK))) answers.push_back(ack(request, error));
    }

    int change(const nlmsghdr& request, std::deque<Bytes>& answers)
    {
        switch (request.nlmsg_type) {
        case XFRM_MSG_NEWPOLICY:
        case XFRM_MSG_UPDPOLICY: return add_policy(request);
        case XFRM_MSG_DELPOLICY:
        case XFRM_MSG_GETPOLICY: return find_policy(request, answers);
        case XFRM_MSG_NEWSA: return add_state(request);
        case XFRM_MSG_DELSA:
        case XFRM_MSG_GETSA: return find_state(request, answers);
        case XFRM_MSG_NEWAE: return set_counters(request);
        case XFRM_MSG_UPDSA: return update_state(request);
        default: return -EINVAL;
        }
    }

    int add_policy(const nlmsghdr& request)
    {
        const auto info = netlink::body_of<xfrm_userpolicy_info>(request);
        if (!info || info->dir > XFRM_POLICY_FWD || info->action > XFRM_POLICY_BLOCK || !valid(info->sel))
            return -EINVAL;
        Policy policy{.info = *info};
        read_ids(request, sizeof *info, policy);
        const auto at = std::ranges::find_if(policies_, [&](const Policy& p) { return same(p, policy); });
        if (at != policies_.end() && request.nlmsg_type == XFRM_MSG_NEWPOLICY) return -EEXIST;
        policy.info.index = at != policies_.end() ? at->info.index : next_index_ += 8;
        if (at != policies_.end()) policies_.erase(at);
        policies_.insert(policies_.begin(), policy); // dumps tell the newest first
        ++changes;
        return 0;
    }

    int find_policy(const nlmsghdr& request, std::deque<Bytes>& answers)
    {
        const auto id = netlink::body_of<xfrm_userpolicy_id>(request);
        if (!id || id->dir > XFRM_POLICY_FWD) return -EINVAL;
        Policy wanted;
        wanted.info.sel = id->sel;
        wanted.info.dir = id->dir;
        read_ids(request, sizeof *id, wanted);
        const auto at = std::ranges::find_if(policies_, [&](const Policy& p) { return same(p, wanted); });
        if (at == policies_.end()) return -ENOENT;
        if (request.nlmsg_type == XFRM_MSG_GETPOLICY) {
            answers.push_back(wire_of(*at, request, 0));
            return 0;
        }
        policies_.erase(at);
        ++changes;
        return 0;
    }

    int add_state(const nlmsghdr& request)
    {
        const auto info = netlink::body_of<xfrm_usersa_info>(request);
        if (!info) return -EINVAL;
        State state{.info = *info};
        const auto tail = netlink::payload_of(request).subspan(NLMSG_ALIGN(sizeof *info));
        state.attributes.assign(tail.begin(), tail.end());
        for (const auto attribute : netlink::Attributes{state.attributes})
            if (attribute.type == XFRMA_MARK) state.mark = attribute.get<xfrm_mark>().value_or(xfrm_mark{});
        for (const State& other : states_)
            if (same_id(other, info->id.daddr, info->id.spi, info->id.proto)) return -EEXIST;
        states_.insert(states_.begin(), state);
        return 0;
    }

    auto state_at(const nlmsghdr& request, std::size_t body, const xfrm_address_t& daddr, std::uint32_t spi)
    {
        xfrm_mark mark{};
        for (const auto attribute : netlink::attributes_of(request, body))
            if (attribute.type == XFRMA_MARK) mark = attribute.get<xfrm_mark>().value_or(xfrm_mark{});
        return std::ranges::find_if(states_, [&](const State& s) {
            return same_id(s, daddr, spi, IPPROTO_ESP) && (mark.v & mark.m & s.mark.m) == s.mark.v;
        });
    }

    int find_state(const nlmsghdr& request, std::deque<Bytes>& answers)
    {
        const auto id = netlink::body_of<xfrm_usersa_id>(request);
        if (!id) return -EINVAL;
        const auto at = state_at(request, sizeof *id, id->daddr, id->spi);
        if (at == states_.end()) return -ESRCH;
        if (request.nlmsg_type == XFRM_MSG_GETSA)
            answers.push_back(wire_of(*at, request, 0));
        else
            states_.erase(at);
        return 0;
    }

    int set_counters(const nlmsghdr& request)
    {
        const auto event = netlink::body_of<xfrm_aevent_id>(request);
        if (!event || !(request.nlmsg_flags & NLM_F_REPLACE)) return -EINVAL;
        const auto at = state_at(request, sizeof *event, event->sa_id.daddr, event->sa_id.spi);
        if (at == states_.end()) return -ESRCH;
        for (const auto attribute : netlink::attributes_of(request, sizeof *event))
            if (attribute.type == XFRMA_LTIME_VAL) at->info.curlft = attribute.get<xfrm_lifetime_cur>().value();
        return 0;
    }

    /// Of an SA that has its keys an update changes the lifetimes alone, and wants algorithms all the same.
    int update_state(const nlmsghdr& request)
    {
        const auto info = netlink::body_of<xfrm_usersa_info>(request);
        if (!info || (info->flags & XFRM_STATE_ESN)) return -EINVAL;
        bool keyed = false;
        for (const auto attribute : netlink::attributes_of(request, sizeof *info))
            keyed |= attribute.type == XFRMA_ALG_CRYPT || attribute.type == XFRMA_ALG_AEAD;
        if (!keyed) return -EINVAL;
        const auto at = state_at(request, sizeof *info, info->id.daddr, info->id.spi);
        if (at == states_.end()) return -ESRCH;
        at->info.lft = info->lft;
        return 0;
    }

    int dump_all(const nlmsghdr& request, std::deque<Bytes>& answers)
    {
        if (request.nlmsg_type != XFRM_MSG_GETPOLICY && request.nlmsg_type != XFRM_MSG_GETSA) return -EINVAL;
        if (request.nlmsg_type == XFRM_MSG_GETPOLICY)
            for (const Policy& policy : policies_) answers.push_back(wire_of(policy, request, NLM_F_MULTI));
        else
            for (const State& state : states_) answers.push_back(wire_of(state, request, NLM_F_MULTI));
        netlink::Message done{NLMSG_DONE, NLM_F_MULTI};
        done.body<int>() = 0;
        answers.push_back(bytes_of(done, request));
        return 0;
    }

    static bool valid(const xfrm_selector& selector)
    {
        const int bits = selector.family == AF_INET ? 32 : selector.family == AF_INET6 ? 128 : -1;
        return selector.prefixlen_s <= bits && selector.prefixlen_d <= bits;
    }

    static void read_ids(const nlmsghdr& message, std::size_t body, Policy& policy)
    {
        for (const auto attribute : netlink::attributes_of(message, body)) {
            if (attribute.type == XFRMA_MARK) policy.mark = attribute.get<xfrm_mark>().value_or(xfrm_mark{});
            if (attribute.type == XFRMA_IF_ID) policy.if_id = attribute.get<std::uint32_t>().value_or(0);
            if (attribute.type == XFRMA_TMPL)
                policy.templates.assign(attribute.payload.begin(), attribute.payload.end());
        }
    }

    /// Selectors are compared byte by byte, `user` and padding included; priority has no part in it.
    static bool same(const Policy& a, const Policy& b)
    {
        return a.info.dir == b.info.dir && std::memcmp(&a.info.sel, &b.info.sel, sizeof a.info.sel) == 0 &&
               a.mark.v == b.mark.v && a.mark.m == b.mark.m && a.if_id == b.if_id;
    }

    static bool same_id(const State& state, const xfrm_address_t& daddr, std::uint32_t spi, std::uint8_t proto)
    {
        return std::memcmp(&state.info.id.daddr, &daddr, sizeof daddr) == 0 && state.info.id.spi == spi &&
               state.info.id.proto == proto;
    }

    static Bytes wire_of(const Policy& policy, const nlmsghdr& request, std::uint16_t flags)
    {
        netlink::Message message{XFRM_MSG_NEWPOLICY, flags};
        message.body<xfrm_userpolicy_info>() = policy.info;
        if (!policy.templates.empty()) message.bytes(XFRMA_TMPL, policy.templates);
        message.pod(XFRMA_POLICY_TYPE, xfrm_userpolicy_type{});
        if (policy.mark.v | policy.mark.m) message.pod(XFRMA_MARK, policy.mark);
        if (policy.if_id) message.pod(XFRMA_IF_ID, policy.if_id);
        return bytes_of(message, request);
    }

    static Bytes wire_of(const State& state, const nlmsghdr& request, std::uint16_t flags)
    {
        netlink::Message message{XFRM_MSG_NEWSA, flags};
        message.body<xfrm_usersa_info>() = state.info;
        for (const auto attribute : netlink::Attributes{state.attributes})
            message.bytes(attribute.type, attribute.payload);
        return bytes_of(message, request);
    }

    [[nodiscard]] Bytes ack(const nlmsghdr& request, int error) const
    {
        const bool told = error != 0 && !refusal_text.empty();
        netlink::Message message{NLMSG_ERROR, static_cast<std::uint16_t>(NLM_F_CAPPED | (told ? NLM_F_ACK_TLVS : 0))};
        auto& body = message.body<nlmsgerr>();
        body.error = error;
        body.msg = request;
        if (told) message.text(NLMSGERR_ATTR_MSG, refusal_text);
        return bytes_of(message, request);
    }

    static Bytes bytes_of(netlink::Message& message, const nlmsghdr& request)
    {
        message.header().nlmsg_flags = static_cast<std::uint16_t>(message.header().nlmsg_flags & ~NLM_F_REQUEST);
        message.header().nlmsg_seq = request.nlmsg_seq;
        const auto wire = message.wire();
        return {wire.begin(), wire.end()};
    }

    std::vector<Policy> policies_;
    std::vector<State> states_;
    std::uint32_t next_index_ = 0;
};

} // namespace linkspan::fake
