#include "netlink/socket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

namespace linkspan::netlink {

namespace {

using testing::ElementsAre;

/// A channel that plays back what a test wrote down. Sequence numbers are filled in from the last request.
struct Script {
    std::deque<Result<std::vector<std::byte>>> answers = {};
    std::size_t dials = 0;
    nlmsghdr request = {};
    std::vector<std::size_t> sent = {}; ///< bytes of each send

    void answer(std::initializer_list<const Message*> messages, int lag = 0)
    {
        std::vector<std::byte> datagram;
        for (const Message* message : messages) {
            const auto wire = message->wire();
            datagram.insert(datagram.end(), wire.begin(), wire.end());
        }
        lags.push_back(lag);
        answers.emplace_back(std::move(datagram));
    }
    void fail(Kind kind)
    {
        lags.push_back(0);
        answers.emplace_back(failure(kind, "broken"));
    }
    std::deque<int> lags = {};
};

class Player final : public Channel {
public:
    explicit Player(Script& script) : script_(script) {}

    Result<> send(std::span<const std::byte> messages) override
    {
        script_.request = *reinterpret_cast<const nlmsghdr*>(messages.data());
        script_.sent.push_back(messages.size());
        return {};
    }
    Result<std::span<const std::byte>> receive(std::span<std::byte> buffer) override
    {
        if (script_.answers.empty()) return failure(Kind::Timeout, "silence");
        auto next = std::move(script_.answers.front());
        const int lag = script_.lags.front();
        script_.answers.pop_front();
        script_.lags.pop_front();
        if (!next) return std::unexpected(next.error());
        std::ranges::copy(*next, buffer.begin());
        auto* message = reinterpret_cast<nlmsghdr*>(buffer.data());
        for (auto rest = static_cast<unsigned>(next->size()); NLMSG_OK(message, rest);
             message = NLMSG_NEXT(message, rest))
            message->nlmsg_seq = script_.request.nlmsg_seq - static_cast<std::uint32_t>(lag);
        received = buffer.first(next->size());
        return received;
    }
    static inline std::span<std::byte> received = {};

private:
    Script& script_;
};

class SocketTest : public testing::Test {
protected:
    SocketTest()
    {
        socket.emplace(*Socket::over([this]() -> Result<std::unique_ptr<Channel>> {
            ++script.dials;
            return std::make_unique<Player>(script);
        }));
        refused.body<nlmsgerr>().error = -EBUSY;
        ack.body<nlmsgerr>();
    }

    Visitor collect()
    {
        return [this](const nlmsghdr& message) { seen.push_back(message.nlmsg_type); };
    }

    Script script;
    std::optional<Socket> socket;
    Message ack{NLMSG_ERROR, 0}, refused{NLMSG_ERROR, 0}, done{NLMSG_DONE, 0};
    Message apple{100, NLM_F_MULTI}, pear{101, NLM_F_MULTI};
    Message request{50, 0};
    std::vector<int> seen;
};

TEST_F(SocketTest, AsksForAnAckAndReturnsWithIt)
{
    script.answer({&ack});
    EXPECT_TRUE(socket->request(request, "do it"));
    EXPECT_EQ(script.request.nlmsg_flags, NLM_F_REQUEST | NLM_F_ACK);
    script.answer({&refused});
    EXPECT_EQ(socket->request(request, "do it").error(), (Error{Kind::Busy, EBUSY, "do it: Device or resource busy"}));
}

TEST_F(SocketTest, GivesEveryRequestItsOwnNumberAndIgnoresAnswersToOthers)
{
    script.answer({&refused}, 1);
    script.answer({&ack});
    EXPECT_TRUE(socket->request(request, "do it"));
    const auto first = script.request.nlmsg_seq;
    script.answer({&ack});
    EXPECT_TRUE(socket->request(request, "do it"));
    EXPECT_EQ(script.request.nlmsg_seq, first + 1);
}

TEST_F(SocketTest, VisitsTheAnswersOfAGet)
{
    script.answer({&apple});
    script.answer({&ack});
    EXPECT_TRUE(socket->get(request, "read", collect()));
    EXPECT_THAT(seen, ElementsAre(100));
}

TEST_F(SocketTest, VisitsADumpToItsEnd)
{
    script.answer({&apple, &pear});
    script.answer({&apple, &done});
    EXPECT_TRUE(socket->dump(request, "read", collect()));
    EXPECT_THAT(seen, ElementsAre(100, 101, 100));
    EXPECT_EQ(script.request.nlmsg_flags, NLM_F_REQUEST | NLM_F_DUMP);
}

TEST_F(SocketTest, AnInterruptedDumpIsAnOverrunAndIsReadToItsEnd)
{
    pear.header().nlmsg_flags |= NLM_F_DUMP_INTR;
    script.answer({&apple, &pear});
    script.answer({&done});
    EXPECT_EQ(socket->dump(request, "read", collect()).error().kind, Kind::Overrun);
    EXPECT_TRUE(script.answers.empty()) << "else the rest would be taken for the next answer";
    EXPECT_EQ(script.dials, 1);
}

TEST_F(SocketTest, ADumpMayBeRefused)
{
    script.answer({&refused});
    EXPECT_EQ(socket->dump(request, "read", collect()).error().kind, Kind::Busy);
}

TEST_F(SocketTest, DialsAnewAfterAFailedExchange)
{
    script.fail(Kind::Overrun);
    const auto outcome = socket->dump(request, "read", collect());
    EXPECT_EQ(outcome.error(), (Error{Kind::Overrun, 0, "read: broken"}));
    EXPECT_EQ(script.dials, 1);
    script.answer({&ack});
    EXPECT_TRUE(socket->request(request, "do it"));
    EXPECT_EQ(script.dials, 2);
}

TEST_F(SocketTest, DoesNotSendWhatDidNotFit)
{
    request.text(1, std::string(Message::capacity, 'x'));
    EXPECT_EQ(socket->request(request, "do it").error().kind, Kind::Bug);
    EXPECT_TRUE(script.sent.empty());
}

TEST_F(SocketTest, WipesTheAnswersToASecretRequest)
{
    Message secret{50, 0, Content::Secret};
    script.answer({&apple, &ack});
    EXPECT_TRUE(socket->get(secret, "read", collect()));
    EXPECT_TRUE(std::ranges::all_of(Player::received, [](std::byte b) { return b == std::byte{0}; }));
}

} // namespace

} // namespace linkspan::netlink
