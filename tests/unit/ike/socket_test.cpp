#include "ike/socket.h"

#include "fake_charon.h"

#include <gtest/gtest.h>

namespace linkspan::ike {
namespace {

using namespace std::chrono_literals;
using test::FakeCharon;
using Answer = FakeCharon::Answer;

Deadline soon()
{
    return std::chrono::steady_clock::now() + 10s;
}

TEST(Socket, MovesPacketsLargerThanTheKernelTakesAtOnce)
{
    FakeCharon charon{
        [](const Packet& packet) { return Answer{.packets = {{PacketType::Response, {}, packet.message}}}; }};
    auto socket = Socket::connect(charon.path());
    ASSERT_TRUE(socket);
    Message large;
    for (int i = 0; i < 7; ++i) large.set("k", std::string(65'535, static_cast<char>('a' + i)));
    ASSERT_TRUE(socket->send(PacketType::Request, "echo", large, soon()));
    auto answer = socket->receive(soon());
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->message, large);
}

TEST(Socket, PollAnswersNothingWhereNothingIsHere)
{
    FakeCharon charon{[](const Packet&) { return Answer{}; }};
    auto socket = Socket::connect(charon.path());
    ASSERT_TRUE(socket);
    auto packet = socket->poll();
    ASSERT_TRUE(packet);
    EXPECT_FALSE(*packet);
}

TEST(Socket, WhatCannotBeEncodedWasNotSentAndBreaksNothing)
{
    FakeCharon charon{[](const Packet&) { return Answer{.packets = {{PacketType::Response, {}, {}}}}; }};
    auto socket = Socket::connect(charon.path());
    ASSERT_TRUE(socket);
    const auto oversized = Message{}.set("key", std::string(65'536, 'v'));
    EXPECT_EQ(socket->send(PacketType::Request, "load-conn", oversized, soon()).error().kind, Kind::Config);
    ASSERT_TRUE(socket->send(PacketType::Request, "stats", {}, soon()));
    EXPECT_TRUE(socket->receive(soon()));
}

TEST(Socket, AfterAFailureItIsClosed)
{
    FakeCharon charon{[](const Packet&) { return Answer{.bytes = std::string(4, '\xff')}; }};
    auto socket = Socket::connect(charon.path());
    ASSERT_TRUE(socket);
    ASSERT_TRUE(socket->send(PacketType::Request, "stats", {}, soon()));
    EXPECT_EQ(socket->receive(soon()).error().kind, Kind::Protocol);
    EXPECT_EQ(socket->fd(), -1);
    EXPECT_EQ(socket->send(PacketType::Request, "stats", {}, soon()).error().kind, Kind::Disconnected);
    EXPECT_EQ(socket->poll().error().kind, Kind::Disconnected);
}

} // namespace
} // namespace linkspan::ike
