#include "takeover/azure.h"
#include "takeover/azure_codec.h"
#include "takeover/azure_metadata.h"
#include "takeover/azure_nics.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::takeover {
namespace {

using testing::HasSubstr;
using testing::Not;

const AzureAddresses wanted{.mac = azure_mac("00:0d:3a:00:00:01"), .addresses = {"10.0.0.10"}, .public_id = "/x/front"};

std::string nic(const char* name, const char* mac, const std::string& configurations, const char* epoch = "0")
{
    return std::string{R"({"name":")"} + name + R"(","id":"/nics/)" + name +
           R"(","etag":"W/1","tags":{"linkspan-epoch":")" + epoch + R"("},"properties":{"macAddress":")" + mac +
           R"(","ipConfigurations":[)" + configurations + "]}}";
}
std::string configuration(const char* address, bool primary, const char* more = "")
{
    return std::string{R"({"name":"c","properties":{"privateIPAddress":")"} + address + R"(","primary":)" +
           (primary ? "true" : "false") + R"(,"subnet":{"id":"/net/one"})" + more + "}}";
}
const std::string ours = "00-0D-3A-00-00-01", theirs = "00-0D-3A-00-00-02";

AzureNics list(const std::string& one, const std::string& two)
{
    return nics_of("{\"value\":[" + one + "," + two + "]}").value();
}
std::string text(const NicChange& change)
{
    return boost::json::serialize(change.body);
}

TEST(AzureNics, first_the_holder_gives_up_then_ours_gets_all_with_the_mark)
{
    const auto a = nic("a", ours.c_str(), configuration("10.0.0.4", true));
    const auto b = nic("b", theirs.c_str(),
                       configuration("10.0.0.5", true, R"(,"publicIPAddress":{"id":"/X/Front"})") + "," +
                           configuration("10.0.0.10", false));
    const auto first = next_change(list(a, b), wanted, {6}).value().value();
    EXPECT_EQ(first.id, "/nics/b");
    EXPECT_EQ(first.etag, "W/1");
    EXPECT_THAT(text(first), HasSubstr("10.0.0.5"));
    EXPECT_THAT(text(first), Not(HasSubstr("10.0.0.10")));
    EXPECT_THAT(text(first), Not(HasSubstr("publicIPAddress"))) << "ids come in any case";

    const auto second = next_change(list(a, text(first)), wanted, {6}).value().value();
    EXPECT_EQ(second.id, "/nics/a");
    EXPECT_THAT(text(second), HasSubstr(R"("privateIPAddress":"10.0.0.10")"));
    EXPECT_THAT(text(second), HasSubstr(R"("id":"/net/one")"));
    EXPECT_THAT(text(second), HasSubstr(R"("publicIPAddress":{"id":"/x/front"})"));
    EXPECT_THAT(text(second), HasSubstr(R"("linkspan-epoch":"6")"));

    EXPECT_EQ(next_change(list(text(second), text(first)), wanted, {6}).value(), std::nullopt) << "nothing is left";
}

TEST(AzureNics, the_mark_of_whoever_holds_an_address_is_seen)
{
    const auto a = nic("a", ours.c_str(), configuration("10.0.0.4", true), "12");
    const auto b =
        nic("b", theirs.c_str(), configuration("10.0.0.5", true) + "," + configuration("10.0.0.10", false), "9");
    EXPECT_EQ(marked_epoch(list(a, b), wanted), ha::Epoch{9});
    const auto idle = nic("b", theirs.c_str(), configuration("10.0.0.5", true), "9");
    EXPECT_EQ(marked_epoch(list(a, idle), wanted), ha::Epoch{0}) << "it holds nothing";
}

TEST(AzureNics, what_cannot_be_done_is_said)
{
    const auto a = nic("a", ours.c_str(), configuration("10.0.0.4", true));
    const auto b = nic("b", theirs.c_str(), configuration("10.0.0.10", true));
    EXPECT_THAT(next_change(list(a, b), wanted, {6}).error().what, HasSubstr("write a secondary one"));
    EXPECT_THAT(next_change(list(b, b), {.mac = "FF-00-00-00-00-00"}, {6}).error().what, HasSubstr("FF-00"));
    EXPECT_FALSE(nics_of("[]"));
    EXPECT_THAT(nics_of(R"({"value":[],"nextLink":"https://example.com"})").error().what,
                HasSubstr("resource group of their own"));
}

TEST(AzureCodec, statuses_are_sorted)
{
    const auto reply = [](int status, const char* body = "{}") {
        return judge_failure({.status = status, .body = body})->reply;
    };
    EXPECT_EQ(judge_failure({.status = 201}), std::nullopt);
    EXPECT_EQ(reply(401), Reply::Expired);
    EXPECT_EQ(reply(403), Reply::Refused);
    EXPECT_EQ(reply(404), Reply::Refused);
    EXPECT_EQ(reply(409), Reply::Conflict);
    EXPECT_EQ(reply(412), Reply::Conflict);
    EXPECT_EQ(reply(429), Reply::Throttled);
    EXPECT_EQ(reply(503), Reply::Unsure);
    EXPECT_EQ(reply(0), Reply::Unsure);
    EXPECT_EQ(reply(400, R"({"error":{"code":"PrivateIPAddressInUse","message":"m"}})"), Reply::Conflict);
    EXPECT_EQ(reply(400, R"({"error":{"code":"InvalidRequestFormat","message":"m"}})"), Reply::Refused);
}

TEST(AzureCodec, retry_after_counts_and_is_bounded)
{
    const auto pause = [](const char* text) {
        return judge_failure({.status = 429, .headers = {{"retry-after", text}}})->pause;
    };
    EXPECT_EQ(pause("3"), std::chrono::seconds{3});
    EXPECT_EQ(pause("99999999"), std::chrono::seconds{30});
    EXPECT_EQ(pause("-5"), std::chrono::seconds{0});
    EXPECT_EQ(pause("soon"), std::nullopt);
}

TEST(AzureCodec, progress_is_asked_for_at_our_host_only)
{
    const auto where = [](const char* url) {
        return operation_of({.status = 201, .headers = {{"azure-asyncoperation", url}}},
                            "https://management.azure.com");
    };
    EXPECT_EQ(where("https://management.azure.com/op/1?x=1"), "/op/1?x=1");
    EXPECT_EQ(where("https://management.azure.com.example.com/op/1"), std::nullopt) << "the token goes nowhere else";
    EXPECT_EQ(where("https://example.com/op/1"), std::nullopt);
    EXPECT_EQ(operation_of({.status = 200}, "https://management.azure.com"), "");
}

TEST(AzureCodec, polls)
{
    const auto reply = [](int status, const char* body) { return judge_poll({.status = status, .body = body}).reply; };
    EXPECT_EQ(reply(200, R"({"status":"InProgress"})"), Reply::Running);
    EXPECT_EQ(reply(202, ""), Reply::Running);
    EXPECT_EQ(reply(200, R"({"status":"Succeeded"})"), Reply::Accepted);
    EXPECT_EQ(reply(200, R"({"status":"Failed","error":{"message":"m"}})"), Reply::Conflict);
    EXPECT_EQ(reply(500, ""), Reply::Unsure);
}

TEST(AzureMetadataTest, a_token_is_asked_for_ahead_of_its_end)
{
    using std::chrono::minutes;
    const WallTime now{std::chrono::hours{400'000}};
    AzureMetadata metadata{
        .origin = "http://169.254.169.254", .resource = "https://management.azure.com/", .wants_place = true};
    EXPECT_THAT(next_question(metadata, now)->target, HasSubstr("/metadata/instance/compute"));
    EXPECT_EQ(answer(metadata, {.status = 200, .body = R"({"subscriptionId":"s","resourceGroupName":"g"})"}, now).reply,
              Reply::Accepted);
    const auto question = next_question(metadata, now).value();
    EXPECT_THAT(question.target, HasSubstr("resource=https%3A%2F%2Fmanagement.azure.com%2F"));
    EXPECT_EQ(question.headers[0], (std::pair<std::string, std::string>{"metadata", "true"}));
    EXPECT_FALSE(is_ready(metadata, now));
    EXPECT_EQ(answer(metadata, {.status = 200, .body = R"({"access_token":"t","expires_in":"3600"})"}, now).reply,
              Reply::Accepted);
    EXPECT_TRUE(is_ready(metadata, now));
    EXPECT_EQ(next_question(metadata, now + minutes{49}), std::nullopt);
    EXPECT_NE(next_question(metadata, now + minutes{51}), std::nullopt);
    EXPECT_EQ(answer(metadata, {.status = 200, .body = R"({"access_token":"a b","expires_in":"3600"})"}, now).reply,
              Reply::Refused);
}

TEST(Azure, asks_for_a_token_of_the_cloud_it_is_in)
{
    const auto asked = [](std::string endpoint) {
        AzureSpec spec{.subscription = "s", .resource_group = "g"};
        if (!endpoint.empty()) spec.endpoint = std::move(endpoint);
        return Azure{spec}.next_question(WallTime{std::chrono::hours{1}}).value().target;
    };
    EXPECT_THAT(asked(""), HasSubstr("resource=https%3A%2F%2Fmanagement.azure.com%2F"));
    EXPECT_THAT(asked("https://management.example.com"), HasSubstr("resource=https%3A%2F%2Fmanagement.example.com%2F"));
}

} // namespace
} // namespace linkspan::takeover
