#include "egress/tap.h"
#include "netlink/socket.h"
#include "nft/context.h"
#include "nft/egress_observe.h"
#include "nft/egress_spec.h"
#include "tests/netns/own_namespace.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <latch>
#include <string>
#include <vector>

/// The tap at a queue of the running kernel's: when answers go on, and which of them nobody held.

namespace linkspan::egress {
namespace {

using namespace std::string_literals;

constexpr std::size_t room = 64; ///< in the queue

/// A datagram socket of 127.0.0.`host`.
class Peer {
public:
    Peer(std::uint8_t host, std::uint16_t port) : fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0))
    {
        const auto at = address(host, port);
        EXPECT_EQ(::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at), 0);
    }
    static sockaddr_in address(std::uint8_t host, std::uint16_t port)
    {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_port = htons(port);
        at.sin_addr.s_addr = htonl(0x7f00'0000U + host);
        return at;
    }
    void send(const std::string& bytes, std::uint8_t host, std::uint16_t port) const
    {
        const auto to = address(host, port);
        const auto sent =
            ::sendto(fd_.get(), bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
        EXPECT_EQ(sent, static_cast<ssize_t>(bytes.size()));
    }
    [[nodiscard]] bool has_something(int patience = 0) const
    {
        pollfd wait{fd_.get(), POLLIN, 0};
        return ::poll(&wait, 1, patience) == 1;
    }
    /// Empty where nothing comes within five seconds.
    [[nodiscard]] std::string receive() const
    {
        std::array<char, 512> buffer{};
        if (!has_something(5000)) return {};
        const auto size = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
        return {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
    }

private:
    Fd fd_;
};

constexpr std::uint8_t resolver_host = 53, client_host = 1;
constexpr std::uint16_t client_port = 40'000;

/// aa.example.com, ab.example.com ...
std::string question(unsigned number)
{
    const std::string label{static_cast<char>('a' + number / 26), static_cast<char>('a' + number % 26)};
    return "\x12"s + static_cast<char>(number) + "\1\0\0\1\0\0\0\0\0\0"s + "\2" + label + "\7example\3com\0\0\1\0\1"s;
}

std::string answer(std::string question)
{
    question[2] = '\x81';
    question[7] = '\1';
    return question + "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc6\x33\x64"s + question[1];
}

bool hooks_answers()
{
    const std::string table = "add table inet linkspan_egress\n"
                              "add counter inet linkspan_egress answers\n"
                              "add chain inet linkspan_egress before { type filter hook output priority 10; }\n"
                              "add chain inet linkspan_egress after { type filter hook output priority 11; }\n"
                              "add rule inet linkspan_egress before udp dport 53 log group 5300 queue-threshold 1\n"
                              "add rule inet linkspan_egress after udp sport 53 counter name answers\n";
    if (!nft::run(table, "the table")) return false;
    if (nft::run("add rule inet linkspan_egress before udp sport 53 queue flags bypass to 5300", "the queue"))
        return true;
    return std::system("iptables -A OUTPUT -p udp --sport 53 -j NFQUEUE --queue-num 5300 --queue-bypass "
                       "2>/dev/null") == 0;
}

class TapOfTheKernel : public testing::Test {
protected:
    void SetUp() override
    {
        if (const auto missing = test::enter_own_namespace(); !missing.empty()) GTEST_SKIP() << "needs " << missing;
        ASSERT_EQ(std::system("ip link set lo up"), 0);
        if (!hooks_answers()) GTEST_SKIP() << "needs queues of packets: nft's `queue`, or xt_NFQUEUE by iptables";
        client_.emplace(client_host, client_port);
        resolver_.emplace(resolver_host, 53);
    }
    void TearDown() override { std::filesystem::remove(journal_); }

    /// Everything below example.com by TCP port 443. `write` is called by the tap's thread.
    std::unique_ptr<Tap> tap(std::function<Result<>(std::span<const KernelPin>)> write,
                             std::function<void(std::string_view)> tell = {})
    {
        const auto everybody = *IpPrefix::parse("127.0.0.0/8");
        Spec spec{{{"web", {*EgressRule::parse("*.example.com:443/tcp")}, {}}}, {{{everybody}, {"web"}}}};
        Rules rules{.policy = SharedPolicy{std::move(spec)}, .held = room};
        const TapSettings settings{.answer_queue = nft::egress_answer_queue,
                                   .name_queue = nft::egress_name_queue,
                                   .question_group = nft::egress_question_group,
                                   .refusal_group = nft::egress_refusal_group,
                                   .discovery_group = nft::egress_discovery_group,
                                   .journal = journal_};
        auto socket = std::make_shared<netlink::Socket>(*netlink::Socket::open(NETLINK_NETFILTER));
        return std::make_unique<Tap>(settings, std::move(rules),
                                     Tap::Doors{.write = std::move(write),
                                                .remove = [](auto) {},
                                                .passed = [socket] { return nft::count_answers(*socket); },
                                                .dropped = [] { return 0; },
                                                .tell = std::move(tell)},
                                     real_clock());
    }
    void ask(unsigned number)
    {
        client_->send(question(number), resolver_host, 53);
        const auto asked = resolver_->receive();
        ASSERT_EQ(asked, question(number));
        resolver_->send(answer(asked), client_host, client_port);
    }

    std::optional<Peer> client_, resolver_;
    std::filesystem::path journal_ =
        std::filesystem::temp_directory_path() / ("linkspan-tap-" + std::to_string(::getpid()));
};

TEST_F(TapOfTheKernel, LetsAnAnswerGoWhenItsPinsStandAndNotBefore)
{
    std::atomic<int> written = 0, too_early = 0;
    const auto tap = this->tap([&](std::span<const KernelPin> pins) -> Result<> {
        written += static_cast<int>(pins.size());
        too_early += client_->has_something(50);
        return {};
    });
    ask(1);
    EXPECT_EQ(client_->receive(), answer(question(1)));
    EXPECT_EQ(written, 1);
    EXPECT_EQ(too_early, 0) << "the client had its answer before its address was open";
}

TEST_F(TapOfTheKernel, AnAddressThatTheKernelHasNoRoomForIsToldAndTriedAgain)
{
    std::atomic<int> tried = 0;
    const auto tap = this->tap([&](std::span<const KernelPin>) -> Result<> {
        ++tried;
        return sys_error(ENFILE, "pin");
    });
    for (int turn = 1; turn <= 2; ++turn) {
        ask(1);
        EXPECT_EQ(client_->receive(), answer(question(1))) << "DNS works all the same";
        EXPECT_EQ(tried, turn);
        EXPECT_EQ(tap->report().set_full.count, static_cast<std::uint64_t>(turn));
    }
}

TEST_F(TapOfTheKernel, OpensTogetherWhatHasWaitedTogetherAndKeepsNoneOutForAnother)
{
    constexpr unsigned waiting = 10;
    std::latch busy{1}, goes_on{1};
    std::vector<std::size_t> sizes;
    const auto tap = this->tap([&](std::span<const KernelPin> pins) -> Result<> {
        sizes.push_back(pins.size());
        if (sizes.size() == 1) {
            busy.count_down();
            goes_on.wait();
        }
        if (pins.size() > 1 || pins[0].address == IpAddress::parse("198.51.100.3")) return sys_error(ENFILE, "pin");
        return {};
    });
    ask(0);
    busy.wait();
    for (unsigned number = 1; number <= waiting; ++number) ask(number);
    goes_on.count_down();
    for (unsigned number = 0; number <= waiting; ++number) EXPECT_EQ(client_->receive(), answer(question(number)));
    const auto report = tap->report();
    EXPECT_EQ(report.pinned, waiting) << "all but the one that was refused";
    EXPECT_EQ(report.set_full.count, 1U);
    ASSERT_EQ(sizes.size(), 2 + waiting);
    EXPECT_EQ(sizes[1], waiting);
}

TEST_F(TapOfTheKernel, CountsWhatWentPastAFullQueueAndNothingElse)
{
    constexpr unsigned more = 16;
    std::latch busy{1}, goes_on{1};
    const auto tap = this->tap([&, first = true](std::span<const KernelPin>) mutable -> Result<> {
        if (!std::exchange(first, false)) return {};
        busy.count_down();
        goes_on.wait();
        return {};
    });
    ask(0);
    busy.wait();
    for (unsigned number = 1; number < room + more; ++number) ask(number);
    for (unsigned number = room; number < room + more; ++number)
        EXPECT_EQ(client_->receive(), answer(question(number))) << "the queue is full, so it goes on";
    EXPECT_FALSE(client_->has_something());
    goes_on.count_down();
    for (unsigned number = 0; number < room; ++number) EXPECT_EQ(client_->receive(), answer(question(number)));
    EXPECT_EQ(tap->report().unseen.count, more);
    ask(1);
    EXPECT_EQ(client_->receive(), answer(question(1)));
    EXPECT_EQ(tap->report().unseen.count, more) << "told once each";
}

TEST_F(TapOfTheKernel, TellsOfItsPinsAndTakesInThoseThatItsRulesAllow)
{
    std::string told; // by the tap's thread, before it answers anything
    auto one =
        tap([](std::span<const KernelPin>) -> Result<> { return {}; }, [&](std::string_view lines) { told += lines; });
    ask(1);
    EXPECT_EQ(client_->receive(), answer(question(1)));
    one.reset();
    std::filesystem::remove(journal_);
    ASSERT_THAT(told, testing::EndsWith(" 127.0.0.1 198.51.100.1 ab.example.com\n"));

    std::vector<KernelPin> written;
    const auto write = [&](std::span<const KernelPin> pins) -> Result<> {
        written.insert(written.end(), pins.begin(), pins.end());
        return {};
    };
    auto other = tap(write);
    const auto refused = told.substr(0, told.find(' ')) + " 127.0.0.1 198.51.100.2 example.org\n";
    other->adopt(told + refused);
    ASSERT_EQ(written.size(), 1U) << "of a name that these rules let nobody reach nothing is open here";
    EXPECT_EQ(written[0].address, IpAddress::parse("198.51.100.1"));
    other->adopt(told);
    EXPECT_EQ(written.size(), 1U) << "it stands for no longer than it did";
    other.reset();
    const auto restarted = tap(write);
    EXPECT_EQ(written.size(), 2U) << "and outlives the agent that it was told to";
}

} // namespace
} // namespace linkspan::egress
