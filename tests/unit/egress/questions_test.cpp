#include "egress/questions.h"

#include <gtest/gtest.h>

#include <string>

namespace linkspan::egress {
namespace {

using namespace std::chrono_literals;

const Monotonic start{1000s};

OpenQuestion question(std::uint16_t id, std::string_view name = "www.example.com", std::string_view client = "10.1.0.7")
{
    return {.client = *IpAddress::parse(client),
            .port = 40'000,
            .resolver = *IpAddress::parse("9.9.9.9"),
            .question = {id, *DnsName::parse(name), RecordType::A}};
}

TEST(Questions, AreOpenForAShortWhile)
{
    Questions questions{{.lifetime = 10s}};
    EXPECT_FALSE(questions.is_open(question(1), start));
    EXPECT_TRUE(questions.asked(question(1), start));
    EXPECT_TRUE(questions.is_open(question(1), start + 9s));
    EXPECT_FALSE(questions.is_open(question(1), start + 10s));
}

TEST(Questions, DifferInEverythingAForgerWouldHaveToGuess)
{
    Questions questions{{}};
    questions.asked(question(1), start);
    EXPECT_FALSE(questions.is_open(question(2), start)) << "id";
    EXPECT_FALSE(questions.is_open(question(1, "evil.example"), start)) << "name";
    EXPECT_FALSE(questions.is_open(question(1, "www.example.com", "10.1.0.8"), start)) << "client";
    auto other = question(1);
    other.port = 40'001;
    EXPECT_FALSE(questions.is_open(other, start)) << "port";
    other = question(1);
    other.resolver = *IpAddress::parse("1.1.1.1");
    EXPECT_FALSE(questions.is_open(other, start)) << "resolver";
    other = question(1);
    other.question.type = RecordType::Aaaa;
    EXPECT_FALSE(questions.is_open(other, start)) << "type";
}

TEST(Questions, AskedAgainStayOpenLonger)
{
    Questions questions{{.lifetime = 10s}};
    questions.asked(question(1), start);
    questions.asked(question(1), start + 5s);
    questions.asked(question(2), start + 11s); // the first turn of question 1 is over by now
    EXPECT_TRUE(questions.is_open(question(1), start + 14s));
    EXPECT_EQ(questions.size(), 2U);
}

TEST(Questions, OfOneClientHarmNoOther)
{
    Questions questions{{.total = 100, .per_client = 3}};
    for (std::uint16_t id = 1; id <= 3; ++id) EXPECT_TRUE(questions.asked(question(id), start));
    EXPECT_FALSE(questions.asked(question(4), start));
    EXPECT_FALSE(questions.is_open(question(4), start));
    EXPECT_TRUE(questions.asked(question(4, "www.example.com", "10.1.0.8"), start));
    EXPECT_TRUE(questions.asked(question(4), start + 10s)) << "once its others are over";
}

TEST(Questions, ThatHaveHadTheirAnswerCountNoMore)
{
    Questions questions{{.total = 100, .per_client = 3}};
    for (std::uint16_t id = 1; id <= 50; ++id) {
        EXPECT_TRUE(questions.asked(question(id), start)) << id;
        questions.answered(question(id));
        questions.answered(question(id));
    }
    EXPECT_TRUE(questions.is_open(question(50), start)) << "asked twice, it is answered twice";
    for (std::uint16_t id = 51; id <= 53; ++id) EXPECT_TRUE(questions.asked(question(id), start));
    EXPECT_FALSE(questions.asked(question(54), start)) << "three wait";
    questions.answered(question(99)); // of a question nobody asked
    EXPECT_FALSE(questions.asked(question(54), start));
    EXPECT_TRUE(questions.asked(question(54), start + 10s));
}

TEST(Questions, AskedTwiceInOneMomentAreForgottenOnce)
{
    Questions questions{{.per_client = 3, .lifetime = 10s}};
    questions.asked(question(1), start);
    questions.asked(question(1), start);
    for (std::uint16_t id = 2; id <= 4; ++id) EXPECT_TRUE(questions.asked(question(id), start + 10s)) << id;
    EXPECT_FALSE(questions.is_open(question(1), start + 10s));
    EXPECT_EQ(questions.size(), 3U);
}

TEST(Questions, OfOtherLimitsStandUnderTheNewOnes)
{
    Questions before{{.per_client = 3, .lifetime = 10s}}, after{{.per_client = 2, .lifetime = 10s}};
    for (std::uint16_t id = 1; id <= 2; ++id) before.asked(question(id), start);
    after.carry_on(std::move(before));
    EXPECT_TRUE(after.is_open(question(1), start));
    EXPECT_FALSE(after.asked(question(3), start));
}

TEST(Questions, PushOutTheOldestWhenThereAreTooMany)
{
    Questions questions{{.total = 4, .per_client = 4}};
    for (std::uint16_t id = 1; id <= 6; ++id)
        questions.asked(question(id, "www.example.com", "10.1.0." + std::to_string(id)),
                        start + std::chrono::seconds{id});
    EXPECT_EQ(questions.size(), 4U);
    EXPECT_FALSE(questions.is_open(question(2, "www.example.com", "10.1.0.2"), start + 6s));
    EXPECT_TRUE(questions.is_open(question(3, "www.example.com", "10.1.0.3"), start + 6s));
}

TEST(Questions, TakeNoMoreRoomHoweverLongTheyAreAsked)
{
    Questions questions{{.total = 1000, .per_client = 1000, .lifetime = 10s}};
    for (int i = 0; i < 100'000; ++i)
        questions.asked(question(static_cast<std::uint16_t>(i)), start + std::chrono::milliseconds{i});
    EXPECT_LE(questions.size(), 1000U);
}

} // namespace
} // namespace linkspan::egress
