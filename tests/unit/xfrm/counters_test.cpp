#include "xfrm/counters.h"

#include "netlink/attributes.h"
#include "xfrm/counters_codec.h"

#include <gtest/gtest.h>
#include <linux/xfrm.h>
#include <netinet/in.h>

#include <algorithm>
#include <arpa/inet.h>
#include <deque>
#include <memory>

namespace linkspan::xfrm {
namespace {

using namespace std::chrono_literals;

const SaCounters legacy{.key = {IpAddress::parse("198.51.100.7").value(), Spi{0xc0de0001}},
                        .reqid = Reqid{0x1000'0001},
                        .window = 32,
                        .sent = 5000};
const SaCounters extended{.key = {IpAddress::parse("203.0.113.10").value(), Spi{0xc0de0002}},
                          .mark = Mark{0x1000'0001},
                          .reqid = Reqid{0x1000'0001},
                          .esn = true,
                          .words = 2,
                          .window = 64,
                          .received = 0x7'ffff'fff0};

/// What the kernel tells of an SA in a dump.
void tell(const SaCounters& counters, netlink::Message& message, bool larval = false)
{
    message.reset(XFRM_MSG_NEWSA, 0);
    auto& info = message.body<xfrm_usersa_info>();
    std::memcpy(&info.id.daddr, counters.key.destination.bytes.data(), sizeof info.id.daddr);
    info.id.spi = htonl(counters.key.spi.value);
    info.id.proto = IPPROTO_ESP;
    info.family = AF_INET;
    info.reqid = counters.reqid.value;
    info.replay_window = static_cast<std::uint8_t>(counters.words == 0 ? counters.window : 0);
    if (counters.esn) info.flags = XFRM_STATE_ESN;
    if (!larval) message.pod(XFRMA_ALG_AEAD, xfrm_algo_aead{});
    if (counters.mark.value) message.pod(XFRMA_MARK, xfrm_mark{.v = counters.mark.value, .m = 0xffff'ffff});
    netlink::Message set; // the attribute of a change is that of a dump
    encode_counters(counters, set);
    for (const auto attribute : netlink::attributes_of(set.header(), sizeof(xfrm_aevent_id)))
        if (attribute.type != XFRMA_MARK) message.bytes(attribute.type, attribute.payload);
}

TEST(Counters, AreReadAsTheyWereWritten)
{
    for (const auto& counters : {legacy, extended}) {
        netlink::Message message;
        tell(counters, message);
        EXPECT_EQ(decode_counters(message.header()), counters);
    }
}

TEST(Counters, OfLarvalAndForeignSasAreNotOurs)
{
    netlink::Message message;
    tell(legacy, message, true);
    EXPECT_EQ(decode_counters(message.header()), std::nullopt);
    auto foreign = legacy;
    foreign.reqid = Reqid{1};
    tell(foreign, message);
    EXPECT_EQ(decode_counters(message.header()), std::nullopt);
}

TEST(Counters, AreSetWithTheWindowFullAndTheMarkTold)
{
    netlink::Message message;
    encode_counters(extended, message);
    EXPECT_EQ(message.header().nlmsg_type, XFRM_MSG_NEWAE);
    EXPECT_TRUE(message.header().nlmsg_flags & NLM_F_REPLACE) << "the kernel refuses it without";
    bool mark = false, bitmap = false;
    for (const auto attribute : netlink::attributes_of(message.header(), sizeof(xfrm_aevent_id))) {
        mark |= attribute.type == XFRMA_MARK && attribute.get<xfrm_mark>()->v == extended.mark.value;
        if (attribute.type != XFRMA_REPLAY_ESN_VAL) continue;
        ASSERT_EQ(attribute.payload.size(), 24u + 8u) << "as many words as the SA has, or EINVAL";
        bitmap = attribute.payload.back() == std::byte{0xff};
    }
    EXPECT_TRUE(mark);
    EXPECT_TRUE(bitmap);
}

TEST(Counters, OfAnAnswerAboutAnotherSaAreNotTaken)
{
    netlink::Message message;
    auto event = legacy;
    encode_counters(event, message); // NEWAE: what is set and what is told look alike
    auto other = legacy;
    other.key.spi = Spi{7};
    EXPECT_FALSE(decode_event(message.header(), other));
    EXPECT_TRUE(decode_event(message.header(), event));
}

TEST(Counters, NeverGoBack)
{
    const auto next = advanced(legacy, 10, 7);
    ASSERT_TRUE(next);
    EXPECT_EQ(next->sent, 5000u);
    EXPECT_EQ(next->received, 7u);
    EXPECT_EQ(advanced(legacy, 6000, 0)->sent, 6000u);
}

TEST(Counters, AreNotJumpedToTheirEnd)
{
    EXPECT_EQ(advanced(legacy, 0xffff'0000, 0).error().kind, Kind::Config);
    auto near = legacy;
    near.sent = 0xffff'0000;
    EXPECT_EQ(advanced(near, 0, 0)->sent, 0xffff'0000u) << "as it is, it may stay";
    auto esn = extended;
    EXPECT_EQ(advanced(esn, 0x1'0000'0000, 0)->sent, 0x1'0000'0000u) << "64 bits have room";
}

/// A kernel that has SAs, as far as their counters go.
class CountingKernel {
public:
    explicit CountingKernel(std::vector<SaCounters> sas) : sas_(std::move(sas)) {}
    std::size_t deaf_from = ~std::size_t{0}; ///< from this SA on it acknowledges changes and does nothing
    std::size_t calls = 0;                   ///< that were made to it

    netlink::Socket socket()
    {
        return netlink::Socket::over(
                   [this] { return Result<std::unique_ptr<netlink::Channel>>{std::make_unique<Line>(*this)}; })
            .value();
    }
    SaCounters& at(std::size_t i) { return sas_[i]; }
    void lose(std::size_t i) { sas_.erase(sas_.begin() + static_cast<std::ptrdiff_t>(i)); }

private:
    using Bytes = std::vector<std::byte>;

    class Line final : public netlink::Channel {
    public:
        explicit Line(CountingKernel& kernel) : kernel_(kernel) {}
        Result<> send(std::span<const std::byte> messages) override
        {
            ++kernel_.calls;
            const auto* message = reinterpret_cast<const nlmsghdr*>(messages.data());
            auto rest = static_cast<unsigned>(messages.size());
            for (; NLMSG_OK(message, rest); message = NLMSG_NEXT(message, rest)) kernel_.serve(*message, answers_);
            return {};
        }
        Result<std::span<const std::byte>> receive(std::span<std::byte> buffer) override
        {
            if (answers_.empty()) return failure(Kind::Timeout, "no answer");
            const auto size = answers_.front().size();
            std::ranges::copy(answers_.front(), buffer.begin());
            answers_.pop_front();
            return buffer.first(size);
        }

    private:
        CountingKernel& kernel_;
        std::deque<Bytes> answers_;
    };

    static void answer(netlink::Message& message, const nlmsghdr& request, std::deque<Bytes>& answers)
    {
        message.header().nlmsg_seq = request.nlmsg_seq;
        const auto wire = message.wire();
        answers.emplace_back(wire.begin(), wire.end());
    }

    static void acknowledge(const nlmsghdr& request, int error, std::deque<Bytes>& answers)
    {
        netlink::Message message{NLMSG_ERROR, NLM_F_CAPPED};
        message.body<nlmsgerr>() = {error, request};
        answer(message, request, answers);
    }

    void serve(const nlmsghdr& request, std::deque<Bytes>& answers)
    {
        netlink::Message message;
        if (request.nlmsg_type == XFRM_MSG_GETSA) {
            for (const auto& sa : sas_) {
                tell(sa, message);
                answer(message, request, answers);
            }
            message.reset(NLMSG_DONE, NLM_F_MULTI);
            message.body<int>() = 0;
            return answer(message, request, answers);
        }
        const auto spi = ntohl(netlink::body_of<xfrm_aevent_id>(request)->sa_id.spi);
        const auto found = std::ranges::find(sas_, Spi{spi}, [](const SaCounters& sa) { return sa.key.spi; });
        if (found == sas_.end()) return acknowledge(request, -ESRCH, answers);
        if (request.nlmsg_type == XFRM_MSG_NEWAE) {
            if (static_cast<std::size_t>(found - sas_.begin()) < deaf_from) (void)decode_event(request, *found);
        } else {
            encode_counters(*found, message);
            answer(message, request, answers);
        }
        if (request.nlmsg_flags & NLM_F_ACK) acknowledge(request, 0, answers);
    }

    std::vector<SaCounters> sas_;
};

std::vector<SaCounters> many(std::uint32_t count, std::uint64_t sent)
{
    std::vector<SaCounters> sas(count, legacy);
    for (std::uint32_t i = 0; i < count; ++i) {
        sas[i].key.spi = Spi{0xc000'0000 + i};
        sas[i].sent = sent;
    }
    return sas;
}

TEST(Counters, OfManySasAreSetByAFewCalls)
{
    CountingKernel kernel{many(400, 5)};
    auto socket = kernel.socket();
    for (const auto& outcome : advance_all(socket, many(400, 9000))) EXPECT_TRUE(outcome);
    EXPECT_LE(kernel.calls, 3u) << "two for the changes, one to read them back: no packet leaves until they are made";
    EXPECT_EQ(kernel.at(399).sent, 9000u);
}

TEST(Counters, WhatTheKernelDidNotSetIsSaidOfTheSaAtItsPlace)
{
    for (const std::uint32_t count : {3u, 400u}) {
        CountingKernel kernel{many(count, 5)};
        kernel.deaf_from = 1;
        kernel.lose(count - 1);
        auto socket = kernel.socket();
        const auto outcomes = advance_all(socket, many(count, 9000));
        EXPECT_TRUE(outcomes[0]);
        EXPECT_EQ(outcomes[1].error().kind, Kind::Protocol) << "it answered yes, and has others";
        EXPECT_EQ(outcomes[count - 1].error().kind, Kind::NotFound);
    }
}

TEST(Jump, GoesByTheRateWithinBounds)
{
    EXPECT_EQ(jump_for(0, 1000ms), 1u << 14);
    EXPECT_EQ(jump_for(1'000'000, 1000ms), 2'000'000u);
    EXPECT_EQ(jump_for(14'880'000, 60'000ms), 1u << 30);
    EXPECT_EQ(jump_for(~std::uint64_t{0}, 1000ms), 1u << 30);
}

} // namespace
} // namespace linkspan::xfrm
