// Two gateways of a pair, each with a network namespace of its own, and the threads that copy sessions from one to the other.

#include "netlink/monitor.h"
#include "netlink/socket.h"
#include "nft/context.h"
#include "nft/egress_spec.h"
#include "nft/flow.h"
#include "nft/flow_filter.h"
#include "pair/session_copier.h"
#include "tests/netns/own_namespace.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace linkspan::pair {
namespace {

constexpr std::uint32_t marks = nft::egress_mark_mask;
const IpAddress shared = IpAddress::parse("203.0.113.10").value();

Flow::End end(const char* address, std::uint16_t port)
{
    return {IpAddress::parse(address).value(), port};
}

/// A host's, behind the shared address.
Flow hosts(std::uint16_t port, std::uint8_t protocol = IPPROTO_TCP)
{
    Flow flow{.protocol = protocol,
              .source = end("10.1.0.7", port),
              .destination = end("192.0.2.7", 443),
              .answers_from = end("192.0.2.7", 443),
              .answers_to = {shared, port},
              .status = IPS_CONFIRMED | IPS_SEEN_REPLY | IPS_ASSURED,
              .left = 5000};
    if (protocol == IPPROTO_TCP) flow.tcp_state = 3;
    return flow;
}

/// A gateway's kernel: a network namespace.
class Kernel {
public:
    Kernel()
    {
        std::thread{[this] {
            missing_ = test::enter_own_namespace();
            space_ = Fd{::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)};
            auto socket = netlink::Socket::open(NETLINK_NETFILTER);
            if (socket) socket_.emplace(std::move(*socket));
            const Fd any{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
            ifreq request{.ifr_ifrn = {.ifrn_name = "lo"}, .ifr_ifru = {.ifru_flags = IFF_UP}};
            (void)::ioctl(any.get(), SIOCSIFFLAGS, &request);
        }}.join();
        if (missing_.empty() && (!socket_ || !read())) missing_ = "ctnetlink in the kernel";
    }
    /// By a thread within it; done when it returns.
    void in(const std::function<void()>& what)
    {
        std::thread{[&] {
            ASSERT_EQ(::setns(space_.get(), CLONE_NEWNET), 0);
            what();
        }}.join();
    }
    [[nodiscard]] const std::string& missing() const { return missing_; }
    [[nodiscard]] std::vector<Flow> flows() { return read().value(); }
    void make(const Flow& flow) { ask(nft::encode_create, flow); }
    void end(const Flow& flow) { ask(nft::encode_end, flow); }
    std::unique_ptr<SessionCopier> copier()
    {
        std::unique_ptr<SessionCopier> made;
        in([&] { made = *SessionCopier::start({marks, {shared}}, real_clock()); });
        return made;
    }

private:
    void ask(void (*encode)(const Flow&, netlink::Message&), const Flow& flow)
    {
        netlink::Message message;
        encode(flow, message);
        const auto done = socket_->request(message, "a session");
        EXPECT_TRUE(done) << done.error().what;
    }
    Result<std::vector<Flow>> read()
    {
        std::vector<Flow> flows;
        netlink::Message question;
        nft::encode_get_flows(question);
        TRY(socket_->dump(question, "read", [&](const nlmsghdr& message) {
            if (auto news = nft::decode_flow(message)) flows.push_back(news->flow);
        }));
        return flows;
    }

    std::string missing_;
    Fd space_;
    std::optional<netlink::Socket> socket_;
};

class SessionsOfAPair : public testing::Test {
protected:
    Kernel a_, b_;
    std::unique_ptr<SessionCopier> copier_a_, copier_b_;

    void SetUp() override
    {
        if (!a_.missing().empty()) GTEST_SKIP() << "needs " << a_.missing();
        copier_a_ = a_.copier();
        copier_b_ = b_.copier();
    }
    /// Who carries, with what the pair's threads know of each other.
    void carry(SessionCopier& active, SessionCopier& standby, std::uint64_t epoch)
    {
        standby.follow({false, true, {epoch}});
        active.follow({true, true, {epoch}});
    }
    /// Hands on what one tells until the other one's kernel has what is waited for. The test's own limit ends what never comes.
    void until(SessionCopier& from, SessionCopier& to, const std::function<bool()>& done)
    {
        while (!done()) {
            pollfd ready{from.descriptor(), POLLIN, 0};
            (void)::poll(&ready, 1, 10);
            for (const auto& frame : from.frames(64)) to.take(ha::decode_flow_frame(frame).value());
        }
    }
    static std::optional<Flow> find(Kernel& kernel, const Flow& wanted)
    {
        for (const auto& flow : kernel.flows())
            if (key_of(flow) == key_of(wanted)) return flow;
        return std::nullopt;
    }
};

TEST_F(SessionsOfAPair, ThoseThatStandAreToldAtOnceAndNewOnesAsTheyCome)
{
    a_.make(hosts(4000));
    carry(*copier_a_, *copier_b_, 1);
    until(*copier_a_, *copier_b_, [&] { return find(b_, hosts(4000)).has_value(); });
    a_.make(hosts(4001));
    a_.make(hosts(4002, IPPROTO_UDP));
    until(*copier_a_, *copier_b_, [&] { return find(b_, hosts(4001)) && find(b_, hosts(4002, IPPROTO_UDP)); });
    const auto copied = find(b_, hosts(4001));
    EXPECT_EQ(copied->answers_to, hosts(4001).answers_to);
    EXPECT_NE(copied->status & IPS_SRC_NAT, 0U) << "else nothing is translated";
    EXPECT_EQ(copied->tcp_state, 3);
    EXPECT_FALSE(nft::is_strict(*copied));
    a_.end(hosts(4001));
    until(*copier_a_, *copier_b_, [&] { return !find(b_, hosts(4001)); });
    until(*copier_a_, *copier_b_, [&] { return copier_b_->report().known == 2; });
    EXPECT_EQ(copier_b_->report().problem, "");
    EXPECT_EQ(copier_a_->report().told, 1U) << "when all were told of";
}

TEST_F(SessionsOfAPair, OnlyWhatNoPacketTellsOf)
{
    auto plain = hosts(4000), marked = hosts(4001), own = hosts(4002);
    plain.answers_to = plain.source;
    marked.answers_to = marked.source;
    marked.mark = nft::egress_mark_allowed;
    own.answers_to = end("127.0.0.1", 4002); // an address of this machine alone
    carry(*copier_a_, *copier_b_, 1);
    until(*copier_a_, *copier_b_, [&] { return copier_a_->report().problem.empty(); });
    for (const auto& flow : {plain, own, marked}) a_.make(flow);
    until(*copier_a_, *copier_b_, [&] { return find(b_, marked).has_value(); });
    EXPECT_EQ(b_.flows().size(), 1U);
}

/// Translated; `plain`: not.
Flow in_six(std::uint16_t port, bool plain = false)
{
    Flow flow{.protocol = IPPROTO_UDP,
              .source = end("2001:db8::7", port),
              .destination = end("2001:db8:1::7", 53),
              .answers_from = end("2001:db8:1::7", 53),
              .answers_to = end("2001:db8:a::10", port),
              .status = IPS_CONFIRMED,
              .left = 300};
    if (plain) flow.answers_to = flow.source;
    return flow;
}

TEST_F(SessionsOfAPair, InIPv6Too)
{
    carry(*copier_a_, *copier_b_, 1);
    until(*copier_a_, *copier_b_, [&] { return copier_a_->report().problem.empty(); });
    a_.make(in_six(4000));
    until(*copier_a_, *copier_b_, [&] { return find(b_, in_six(4000)).has_value(); });
    EXPECT_EQ(find(b_, in_six(4000))->answers_to, in_six(4000).answers_to);
}

TEST_F(SessionsOfAPair, OfOthersTheKernelSaysNothing)
{
    constexpr std::array<unsigned, 1> groups{NFNLGRP_CONNTRACK_NEW};
    std::optional<netlink::Monitor> monitor;
    a_.in([&] { monitor = *netlink::Monitor::open(NETLINK_NETFILTER, groups, 0, nft::program_of_flows(marks)); });
    const auto hears = [&](const Flow& flow) {
        std::size_t told = 0;
        a_.make(flow);
        EXPECT_TRUE(monitor->read([&](const nlmsghdr& message) { told += nft::decode_flow(message).has_value(); }));
        return told == 1;
    };
    auto plain = hosts(4000), marked = hosts(4001), other_mark = hosts(4002);
    for (auto* flow : {&plain, &marked, &other_mark}) flow->answers_to = flow->source;
    marked.mark = nft::egress_mark_allowed;
    other_mark.mark = 1;
    EXPECT_FALSE(hears(plain));
    EXPECT_TRUE(hears(marked));
    EXPECT_FALSE(hears(other_mark));
    EXPECT_FALSE(hears(in_six(4000, true)));
    EXPECT_TRUE(hears(in_six(4001)));
    EXPECT_TRUE(hears(hosts(4004))) << "translated";
    EXPECT_TRUE(hears(hosts(4004, IPPROTO_UDP)));
}

TEST_F(SessionsOfAPair, AnotherTranslationTakesThePlaceOfTheOneBefore)
{
    auto before = hosts(4000), other = hosts(4009);
    before.answers_to = {shared, 1024};
    other.answers_to = hosts(4000).answers_to; // of another host, and long over
    b_.make(before);
    b_.make(other);
    a_.make(hosts(4000));
    carry(*copier_a_, *copier_b_, 1);
    until(*copier_a_, *copier_b_, [&] {
        const auto now = find(b_, hosts(4000));
        return now && now->answers_to == hosts(4000).answers_to;
    });
    EXPECT_FALSE(find(b_, other));
    EXPECT_EQ(copier_b_->report().refused, 0U);
}

TEST_F(SessionsOfAPair, WhatThisKernelHasSeenAndTheOtherOneHasNotStays)
{
    auto unanswered = hosts(4000, IPPROTO_UDP);
    unanswered.status = IPS_CONFIRMED;
    unanswered.left = 20;
    b_.make(hosts(4000, IPPROTO_UDP));
    a_.make(unanswered);
    carry(*copier_a_, *copier_b_, 1);
    until(*copier_a_, *copier_b_, [&] { return find(b_, unanswered)->left <= 20; });
    EXPECT_NE(find(b_, unanswered)->status & IPS_ASSURED, 0U);
    EXPECT_EQ(copier_b_->report().refused, 0U);
}

/// A connection of this thread's with itself, by a translated port: its window is checked, as that of everything that the
/// kernel has tracked from its first packet on.
class RealConnection {
public:
    RealConnection()
    {
        const auto made = nft::run("add table ip t\nadd chain ip t out { type nat hook output priority -100; }\n"
                                   "add rule ip t out tcp dport 8080 redirect to :9090",
                                   "a translation");
        EXPECT_TRUE(made) << made.error().what;
        listener_ = Fd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        caller_ = Fd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        auto to = loopback(9090);
        EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
        EXPECT_EQ(::listen(listener_.get(), 1), 0);
        to = loopback(8080);
        EXPECT_EQ(::connect(caller_.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
    }

private:
    static sockaddr_in loopback(std::uint16_t port)
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return address;
    }
    Fd listener_, caller_;
};

TEST_F(SessionsOfAPair, WhoGivesWayChecksNoWindowOfItsOwn)
{
    carry(*copier_a_, *copier_b_, 1);
    std::optional<RealConnection> connection;
    a_.in([&] { connection.emplace(); });
    const auto strict = [&] { return std::ranges::count_if(a_.flows(), nft::is_strict); };
    ASSERT_EQ(strict(), 1) << "a connection that the kernel has seen begin";
    carry(*copier_b_, *copier_a_, 2);
    until(*copier_b_, *copier_a_, [&] { return strict() == 0; });
    EXPECT_EQ(a_.flows().size(), 1U);
    EXPECT_EQ(a_.flows().front().tcp_state, 3) << "and nothing else of it changes";
}

TEST_F(SessionsOfAPair, WhoBeginsAsAStandbyMayHaveCarriedBefore)
{
    copier_a_.reset();
    std::optional<RealConnection> connection;
    a_.in([&] { connection.emplace(); });
    copier_a_ = a_.copier(); // as an agent that was started anew
    until(*copier_b_, *copier_a_, [&] { return std::ranges::none_of(a_.flows(), nft::is_strict); });
}

TEST_F(SessionsOfAPair, WhatIsTakenOverIsOnesOwnAndToldAgain)
{
    a_.make(hosts(4000));
    carry(*copier_a_, *copier_b_, 1);
    until(*copier_a_, *copier_b_, [&] { return find(b_, hosts(4000)).has_value(); });
    a_.end(hosts(4000)); // its machine died, and began anew
    EXPECT_TRUE(find(b_, hosts(4000)));
    carry(*copier_b_, *copier_a_, 2);
    until(*copier_b_, *copier_a_, [&] { return find(a_, hosts(4000)).has_value(); });
    EXPECT_EQ(copier_b_->report().known, 0U);
    EXPECT_TRUE(find(b_, hosts(4000)));
}

TEST_F(SessionsOfAPair, WhatWasToldInTimeIsWrittenThoughItsTellerIsDead)
{
    constexpr std::uint16_t first = 2000, behind = 7000;
    for (std::uint16_t port = first; port < behind; ++port) a_.make(hosts(port));
    carry(*copier_a_, *copier_b_, 1);
    std::vector<ha::FlowFrame> frames;
    for (std::size_t told = 0; told < behind - first;)
        for (const auto& frame : copier_a_->frames(64)) {
            frames.push_back(ha::decode_flow_frame(frame).value());
            told += frames.back().news.size();
        }
    for (auto& frame : frames) copier_b_->take(std::move(frame));
    copier_b_->follow({true, false, {2}}); // it takes over before it has written them
    while (b_.flows().size() < behind - first) std::this_thread::yield();
}

} // namespace
} // namespace linkspan::pair
