#include "own_cloud.h"
#include "takeover/probe_responder.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <vector>

namespace linkspan::takeover {
namespace {

/// Whoever probes, over a loopback of the test's own.
class ProbeContract : public testing::Test {
protected:
    void SetUp() override
    {
        if (const auto missing = test::enter_namespace_with_loopback(); !missing.empty())
            GTEST_SKIP() << "no " << missing;
    }
    Monotonic::duration ahead{};
    std::unique_ptr<ProbeResponder> responder =
        ProbeResponder::open(0, [this] { return real_clock().now() + ahead; }).value();

    static Fd connected(std::uint16_t port)
    {
        Fd fd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) return {};
        return fd;
    }
    void turn()
    {
        pollfd ready{responder->descriptor(), POLLIN, 0};
        ASSERT_EQ(::poll(&ready, 1, 60'000), 1);
        responder->process();
    }
    /// All that comes until the end; with the responder turned by hand until there is something.
    std::string received(const Fd& fd)
    {
        std::string text;
        for (;;) {
            pollfd ready{fd.get(), POLLIN, 0};
            while (::poll(&ready, 1, 0) == 0) turn();
            char buffer[512];
            const auto size = ::recv(fd.get(), buffer, sizeof buffer, 0);
            if (size <= 0) return text;
            text.append(buffer, static_cast<std::size_t>(size));
        }
    }
};

TEST_F(ProbeContract, a_standby_refuses_probes)
{
    ASSERT_TRUE(responder->set_active(true));
    const auto port = responder->port();
    ASSERT_NE(port, 0);
    EXPECT_TRUE(connected(port)) << "a probe over TCP";
    ASSERT_TRUE(responder->set_active(false));
    EXPECT_FALSE(connected(port));
}

TEST_F(ProbeContract, an_active_gateway_answers_http_with_200)
{
    ASSERT_TRUE(responder->set_active(true));
    const auto fd = connected(responder->port());
    ASSERT_TRUE(fd);
    ASSERT_GT(::send(fd.get(), "GET /x HTTP/1.1\r\n\r\n", 19, 0), 0);
    const auto text = received(fd);
    EXPECT_TRUE(text.starts_with("HTTP/1.1 200 OK\r\n")) << text;
    EXPECT_TRUE(text.ends_with("\r\n\r\nactive\n"));
}

TEST_F(ProbeContract, who_connects_and_says_nothing_is_let_go)
{
    ASSERT_TRUE(responder->set_active(true));
    const auto fd = connected(responder->port());
    turn();
    ahead += std::chrono::seconds{6};
    responder->process();
    char byte = 0;
    EXPECT_EQ(::recv(fd.get(), &byte, 1, 0), 0);
}

TEST_F(ProbeContract, many_that_say_nothing_do_not_keep_a_probe_from_its_answer)
{
    ASSERT_TRUE(responder->set_active(true));
    std::vector<Fd> silent;
    for (std::size_t at = 0; at < 3 * ProbeResponder::most_connections; ++at) {
        silent.push_back(connected(responder->port()));
        turn();
    }
    const auto fd = connected(responder->port());
    ASSERT_GT(::send(fd.get(), "GET / HTTP/1.1\r\n\r\n", 18, 0), 0);
    EXPECT_TRUE(received(fd).starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST_F(ProbeContract, going_standby_ends_what_is_connected)
{
    ASSERT_TRUE(responder->set_active(true));
    const auto fd = connected(responder->port());
    turn();
    ASSERT_TRUE(responder->set_active(false));
    char byte = 0;
    EXPECT_EQ(::recv(fd.get(), &byte, 1, 0), 0);
}

TEST_F(ProbeContract, a_port_that_is_somebody_elses_is_an_error_that_names_it)
{
    ASSERT_TRUE(responder->set_active(true));
    auto other = ProbeResponder::open(responder->port(), real_clock().now).value();
    const auto outcome = other->set_active(true);
    ASSERT_FALSE(outcome);
    EXPECT_NE(outcome.error().what.find("TCP port " + std::to_string(responder->port())), std::string::npos);
}

} // namespace
} // namespace linkspan::takeover
