#include "ike/observe.h"

#include "fake_charon.h"

#include <gtest/gtest.h>

namespace linkspan::ike {
namespace {

using namespace std::string_literals;
using test::FakeCharon;
using Answer = FakeCharon::Answer;

Packet response(Message message = {})
{
    return {PacketType::Response, {}, std::move(message)};
}

Packet list_sa(std::string connection, std::string id)
{
    return {PacketType::Event, "list-sa",
            Message{}.set(std::move(connection), Section{}.set("uniqueid", std::move(id)))};
}

Answer answer(const Packet& packet)
{
    if (packet.name == "get-conns") return {.packets = {response(Message{}.set("conns", List{"b", "a"}))}};
    if (packet.name == "get-shared") return {.packets = {response(Message{}.set("keys", List{"a"}))}};
    if (packet.name == "get-keys") return {.packets = {response(Message{}.set("keys", List{"c0ffee"}))}};
    if (packet.name == "list-sas" && packet.type == PacketType::Request)
        return {.packets = {list_sa("b", "10"), list_sa("b", "9"), list_sa("a", "11"), response()}};
    return FakeCharon::polite(packet).value_or(Answer{});
}

TEST(IkeObserve, SeesAllAndSortsIt)
{
    FakeCharon charon{answer};
    auto client = Client::connect(charon.path());
    ASSERT_TRUE(client);
    auto seen = observe(*client);
    ASSERT_TRUE(seen);
    EXPECT_EQ(seen->version, "charon 5.9.8");
    EXPECT_EQ(seen->loaded, (std::set<std::string>{"a", "b"}));
    EXPECT_EQ(seen->keys, (std::set<std::string>{"a"}));
    EXPECT_EQ(seen->private_keys, (std::set<std::string>{"c0ffee"}));
    std::vector<std::pair<std::string, std::uint64_t>> order;
    for (const IkeSa& sa : seen->sas) order.emplace_back(sa.connection.value, sa.unique_id);
    EXPECT_EQ(order, (decltype(order){{"a", 11}, {"b", 9}, {"b", 10}}));
}

TEST(IkeObserve, WhatCannotBeReadIsAnErrorNotAnAbsentSa)
{
    FakeCharon charon{[](const Packet& packet) {
        if (packet.name == "list-sas") return Answer{.packets = {list_sa("a", "eleven"), response()}};
        return answer(packet);
    }};
    auto client = Client::connect(charon.path());
    ASSERT_TRUE(client);
    EXPECT_EQ(observe(*client).error(), (Error{Kind::Protocol, 0, "IKE_SA a: uniqueid = eleven"}));
}

} // namespace
} // namespace linkspan::ike
