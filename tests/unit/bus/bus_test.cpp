#include "fixture.h"

#include <gmock/gmock.h>

#include <fstream>
#include <regex>
#include <sstream>
#include <sys/eventfd.h>
#include <sys/time.h>

namespace linkspan::bus {
namespace {

using testing::Not;
using testing::StartsWith;

/// The start tags within the <interface> element of that name: all that an interface says, in order.
std::vector<std::string> interface_tags(const std::string& xml, const std::string& name)
{
    const auto begin = xml.find("<interface name=\"" + name + "\">");
    const auto end = xml.find("</interface>", begin);
    if (begin == std::string::npos || end == std::string::npos) return {};
    const std::string interface = xml.substr(begin, end - begin);
    static const std::regex tag("<([a-z]+( [a-z]+=\"[^\"]*\")+)/?>");
    std::vector<std::string> tags;
    for (std::sregex_iterator found(interface.begin(), interface.end(), tag), none; found != none; ++found)
        tags.push_back((*found)[1]);
    return tags;
}

std::string file_text(const std::string& path)
{
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

Fd raw_connection(const std::string& path)
{
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    path.copy(address.sun_path, path.size());
    Fd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    EXPECT_EQ(::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    return fd;
}

/// Greets and calls in one go, as libdbus does; what comes until an answer is whole, or for half a minute.
std::string answer_to_greeting_with_call(const std::string& path)
{
    const Fd fd = raw_connection(path);
    const timeval patience{.tv_sec = 30, .tv_usec = 0};
    EXPECT_EQ(::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
    // Ping: little endian, method call, serial 1, path and member, no body.
    std::string call("l\1\0\1\0\0\0\0\1\0\0\0\x1d\0\0\0", 16);
    call += std::string("\1\1o\0\1\0\0\0/\0\0\0\0\0\0\0", 16);
    call += std::string("\3\1s\0\4\0\0\0Ping\0\0\0\0", 16);
    const std::string greeting = std::string("\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n", 29) + call;
    EXPECT_EQ(::write(fd.get(), greeting.data(), greeting.size()), static_cast<ssize_t>(greeting.size()));
    std::string answer;
    char bytes[512];
    while (answer.find("l\2") == std::string::npos && answer.find("l\3") == std::string::npos) {
        const ssize_t n = ::read(fd.get(), bytes, sizeof(bytes));
        if (n <= 0) return "none: " + answer;
        answer.append(bytes, static_cast<std::size_t>(n));
    }
    return answer;
}

TEST_F(BusTest, TheInstalledInterfacesAreTheOnesServed)
{
    const std::string installed = file_text(LINKSPAN_SOURCE_DIR "/systemd/org.linkspan.Gateway1.xml");
    serve_while([&] {
        TestClient client{socket};
        const std::string gateway = client.introspect(gateway_path).text;
        const std::string connection = client.introspect(path_of_connection("aws")).text;
        EXPECT_GT(interface_tags(installed, gateway_interface).size(), 10U);
        EXPECT_EQ(interface_tags(installed, gateway_interface), interface_tags(gateway, gateway_interface));
        EXPECT_EQ(interface_tags(installed, connection_interface), interface_tags(connection, connection_interface));
    });
}

TEST_F(BusTest, ServesSeveralClientsAtOnce)
{
    serve_while([this] {
        TestClient one{socket};
        TestClient two{socket};
        EXPECT_NE(one.call_gateway("Describe").text, "");
        EXPECT_EQ(two.call_gateway("Down", "aws").error, "");
        EXPECT_NE(one.call_gateway("Describe").text, "");
        EXPECT_EQ(one.signals().size(), 1U) << "what one client does, the other hears";
    });
}

TEST_F(BusTest, ClientsThatVanishMakeRoom)
{
    serve_while([this] {
        for (int i = 0; i < 100; ++i) raw_connection(socket);
        for (int i = 0; i < 100; ++i) {
            TestClient client{socket};
            ASSERT_EQ(client.call_gateway("Describe").error, "") << "client " << i;
        }
    });
}

TEST_F(BusTest, TooManyClientsAreTurnedAwayAndTheOthersServed)
{
    serve_while([this] {
        std::vector<std::unique_ptr<TestClient>> clients;
        for (int i = 0; i < 32; ++i) {
            clients.push_back(std::make_unique<TestClient>(socket));
            EXPECT_EQ(clients.back()->call_gateway("Describe").error, "") << "client " << i;
        }
        TestClient late{socket};
        EXPECT_NE(late.call_gateway("Describe").error, "");
        for (const auto& client : clients) EXPECT_EQ(client->call_gateway("Describe").error, "");
    });
}

TEST_F(BusTest, WhoConnectsAndSaysNothingKeepsNobodyOut)
{
    serve_while([this] {
        std::vector<Fd> silent;
        for (int i = 0; i < 100; ++i) silent.push_back(raw_connection(socket));
        TestClient client{socket};
        EXPECT_EQ(client.call_gateway("Describe").error, "");
    });
}

TEST_F(BusTest, AnswersACallThatComesWithTheGreeting)
{
    serve_while([this] { EXPECT_THAT(answer_to_greeting_with_call(socket), Not(StartsWith("none"))); });
}

/// Each look at a charon with hundreds of tunnels may take longer than until the next reason to look.
TEST_F(BusTest, AnswersThatCallHoweverMuchElseIsToBeDone)
{
    const Fd full{::eventfd(1, EFD_CLOEXEC)};
    const auto always = loop.on_readable(full.get(), [] {});
    serve_while([this] { EXPECT_THAT(answer_to_greeting_with_call(socket), Not(StartsWith("none"))); });
}

TEST_F(BusTest, GarbageEndsOnlyItsOwnConnection)
{
    serve_while([this] {
        TestClient first{socket};
        EXPECT_EQ(first.call_gateway("Describe").error, "");
        const Fd fd = raw_connection(socket);
        const std::string garbage(1000, '\xfe');
        ASSERT_EQ(::write(fd.get(), garbage.data(), garbage.size()), 1000);
        char byte = 0;
        while (::read(fd.get(), &byte, 1) > 0) {}
        EXPECT_EQ(first.call_gateway("Describe").error, "");
    });
}

TEST_F(BusTest, TheSocketGoesWithTheBus)
{
    {
        FakeControl other;
        Bus second{other, loop};
        ASSERT_TRUE(second.serve(socket));
        ASSERT_TRUE(std::filesystem::exists(socket));
    }
    EXPECT_FALSE(std::filesystem::exists(socket));
}

TEST_F(BusTest, NoSystemBusIsNewsNotAFault)
{
    ASSERT_EQ(::setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus", 1), 0);
    bool lost = false;
    const auto joined = bus.join_system_bus([&](const Error&) { lost = true; });
    ::unsetenv("DBUS_SYSTEM_BUS_ADDRESS");
    ASSERT_FALSE(joined);
    EXPECT_EQ(joined.error().kind, Kind::NotFound);
    EXPECT_FALSE(bus.on_system_bus());
    EXPECT_FALSE(lost);
}

} // namespace
} // namespace linkspan::bus
