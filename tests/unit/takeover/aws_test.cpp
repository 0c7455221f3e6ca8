#include "takeover/aws_codec.h"
#include "takeover/aws_metadata.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::takeover {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;

const WallTime now{std::chrono::hours{400'000}};
const AwsThing elastic = AwsElastic{"eipalloc-1", "eni-1", ""};

HttpResponse error(int status, const std::string& code)
{
    return {.status = status,
            .body =
                "<Response><Errors><Error><Code>" + code + "</Code><Message>m</Message></Error></Errors></Response>"};
}

/// What each refusal of EC2 means for the next step.
TEST(AwsCodec, errors_are_sorted)
{
    EXPECT_EQ(judge_act(elastic, error(503, "RequestLimitExceeded")).reply, Reply::Throttled);
    EXPECT_EQ(judge_act(elastic, error(400, "RequestExpired")).reply, Reply::Expired);
    EXPECT_EQ(judge_act(elastic, error(401, "AuthFailure")).reply, Reply::Expired);
    EXPECT_EQ(judge_act(elastic, error(400, "IncorrectState")).reply, Reply::Conflict);
    EXPECT_EQ(judge_act(elastic, error(500, "InternalError")).reply, Reply::Unsure);
    EXPECT_EQ(judge_act(elastic, error(403, "UnauthorizedOperation")).reply, Reply::Refused);
    EXPECT_EQ(judge_act(elastic, error(400, "InvalidAllocationID.NotFound")).reply, Reply::Refused);
    EXPECT_EQ(judge_act(elastic, {.status = 502, .body = "<html>bad gateway"}).reply, Reply::Unsure);
    EXPECT_EQ(judge_act(elastic, {.status = 0, .problem = "timed out"}).reply, Reply::Unsure);
    EXPECT_EQ(judge_act(elastic, {.status = 200, .body = "no xml"}).reply, Reply::Unsure);
}

TEST(AwsCodec, a_problem_is_one_bounded_line)
{
    const auto learnt = judge_act(elastic, error(400, std::string(5000, 'x') + "\n"));
    EXPECT_LE(learnt.problem.size(), 300U);
    EXPECT_EQ(learnt.problem.find('\n'), std::string::npos);
}

TEST(AwsCodec, an_answer_about_another_address_says_nothing_of_ours)
{
    AwsThing thing = elastic;
    const std::string other =
        "<DescribeAddressesResponse><addressesSet><item><allocationId>eipalloc-2</allocationId>"
        "<networkInterfaceId>eni-1</networkInterfaceId></item></addressesSet></DescribeAddressesResponse>";
    EXPECT_EQ(judge_look(thing, {.status = 200, .body = other}).reply, Reply::NotHeld);
}

TEST(AwsCodec, a_route_that_leads_into_a_black_hole_is_not_held)
{
    const auto answer = [](const std::string& state) {
        return HttpResponse{.status = 200,
                            .body = "<R><routeTableSet><item><routeTableId>rtb-1</routeTableId><routeSet><item>"
                                    "<destinationCidrBlock>0.0.0.0/0</destinationCidrBlock><networkInterfaceId>eni-1"
                                    "</networkInterfaceId><state>" +
                                    state + "</state></item></routeSet></item></routeTableSet></R>"};
    };
    AwsThing route = AwsRoute{"rtb-1", *IpPrefix::parse("0.0.0.0/0"), "eni-1"};
    EXPECT_EQ(judge_look(route, answer("active")).reply, Reply::Held);
    EXPECT_EQ(judge_look(route, answer("blackhole")).reply, Reply::NotHeld);
}

TEST(AwsCodec, entities_of_a_document_type_are_not_expanded)
{
    AwsThing thing = elastic;
    const std::string bomb =
        "<!DOCTYPE x [<!ENTITY a \"eni-1\">]><R><addressesSet><item><allocationId>eipalloc-1</allocationId>"
        "<networkInterfaceId>&a;</networkInterfaceId></item></addressesSet></R>";
    EXPECT_NE(judge_look(thing, {.status = 200, .body = bomb}).reply, Reply::Held);
}

/// Questions and answers in their order, until nothing is missing.
class AwsMetadataTest : public testing::Test {
protected:
    AwsMetadata metadata = {.origin = "http://169.254.169.254", .macs = {"0a:00:00:00:00:01"}, .wants_region = true};

    std::string ask(WallTime at)
    {
        const auto request = next_question(metadata, at);
        return request ? request->method + ' ' + request->target : "";
    }
    Reply say(std::string body, int status = 200, WallTime at = now)
    {
        return answer(metadata, {.status = status, .body = std::move(body)}, at).reply;
    }
    static std::string credentials(const char* ends)
    {
        return std::string{R"({"AccessKeyId":"AKID","SecretAccessKey":"s","Token":"t","Expiration":")"} + ends + "\"}";
    }
    void fill(WallTime ends)
    {
        for (const auto* body : {"token", "eu-west-1", "eni-1", "role/"}) {
            ask(now);
            say(body);
        }
        ask(now);
        say(credentials("2000-01-01T00:00:00Z"));
        metadata.credentials.expires = ends;
    }
};

TEST_F(AwsMetadataTest, asks_for_what_is_missing_and_no_more)
{
    EXPECT_EQ(ask(now), "PUT /latest/api/token");
    EXPECT_EQ(say("tok"), Reply::Accepted);
    EXPECT_EQ(ask(now), "GET /latest/meta-data/placement/region");
    say("eu-west-1\n");
    EXPECT_EQ(metadata.region, "eu-west-1");
    EXPECT_EQ(ask(now), "GET /latest/meta-data/network/interfaces/macs/0a:00:00:00:00:01/interface-id");
    say("eni-1");
    EXPECT_EQ(ask(now), "GET /latest/meta-data/iam/security-credentials/");
    say("my role");
    EXPECT_EQ(ask(now), "GET /latest/meta-data/iam/security-credentials/") << "a blank is no name of a role";
    say("my+role");
    EXPECT_EQ(ask(now), "GET /latest/meta-data/iam/security-credentials/my%2Brole");
    EXPECT_FALSE(is_ready(metadata, now));
    say(credentials("2099-01-01T00:00:00Z"));
    EXPECT_TRUE(is_ready(metadata, now));
    EXPECT_EQ(ask(now), "");
}

TEST_F(AwsMetadataTest, credentials_are_renewed_ahead_of_their_end_and_not_without_pause)
{
    fill(now + minutes{60});
    EXPECT_EQ(ask(now + minutes{49}), "");
    EXPECT_THAT(ask(now + minutes{51}), HasSubstr("security-credentials/role"));
    EXPECT_TRUE(is_ready(metadata, now + minutes{51})) << "the old ones are good meanwhile";
    say(credentials("2000-01-01T00:00:00Z"), 200, now + minutes{51});
    EXPECT_EQ(ask(now + minutes{51} + seconds{5}), "") << "AWS has no newer ones yet";
    EXPECT_NE(ask(now + minutes{52}), "");
}

TEST_F(AwsMetadataTest, a_session_that_ended_is_begun_anew_and_a_role_that_changed_asked_for)
{
    fill(now + minutes{5});
    ask(now + minutes{1});
    EXPECT_EQ(say("", 401), Reply::Refused);
    EXPECT_EQ(ask(now + minutes{2}), "PUT /latest/api/token");
    say("tok");
    ask(now + minutes{3});
    say("", 404);
    EXPECT_EQ(ask(now + minutes{4}), "GET /latest/meta-data/iam/security-credentials/");
}

TEST_F(AwsMetadataTest, what_is_no_word_never_gets_into_a_header)
{
    ask(now);
    EXPECT_EQ(say("a\r\nx-evil: 1"), Reply::Accepted);
    EXPECT_EQ(metadata.token.reveal(), "a");
    metadata.token = {};
    ask(now);
    EXPECT_EQ(say(std::string(5000, 'a')), Reply::Refused);
    EXPECT_EQ(say(""), Reply::Refused);
}

} // namespace
} // namespace linkspan::takeover
