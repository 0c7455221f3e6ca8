#include "takeover/sigv4.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::takeover {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

/// 2015-08-30 12:36:00 UTC, the instant of AWS's published vectors.
const WallTime instant{std::chrono::seconds{1'440'938'160}};
const SigningScope scope{"us-east-1", "service"};

AwsCredentials example(std::string_view token = {})
{
    return {.key_id = "AKIDEXAMPLE", .key = Secret{"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}, .token = Secret{token}};
}

/// A vector of aws-sig-v4-test-suite: the request, and the signature it must have.
struct Vector {
    const char* name;
    const char* method = "GET";
    const char* target = "/";
    Headers headers = {};
    const char* body = "";
    const char* token = "";
    const char* signed_headers = "host;x-amz-date";
    const char* signature;
};

const char* const session_token =
    "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthA"
    "x7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY"
    "9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";
const char* const unreserved =
    "/?-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz=-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "abcdefghijklmnopqrstuvwxyz";

const Vector vectors[] = {
    {.name = "get-vanilla", .signature = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {.name = "post-vanilla",
     .method = "POST",
     .signature = "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
    {.name = "get-vanilla-query-order-key-case",
     .target = "/?Param2=value2&Param1=value1",
     .signature = "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
    {.name = "get-vanilla-query-order-value",
     .target = "/?Param1=value2&Param1=value1",
     .signature = "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694"},
    {.name = "get-vanilla-query-unreserved",
     .target = unreserved,
     .signature = "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"},
    {.name = "get-header-key-duplicate",
     .headers = {{"my-header1", "value2"}, {"my-header1", "value2"}, {"my-header1", "value1"}},
     .signed_headers = "host;my-header1;x-amz-date",
     .signature = "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"},
    {.name = "get-header-value-order",
     .headers =
         {{"my-header1", "value4"}, {"my-header1", "value1"}, {"my-header1", "value3"}, {"my-header1", "value2"}},
     .signed_headers = "host;my-header1;x-amz-date",
     .signature = "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"},
    {.name = "get-header-value-trim",
     .headers = {{"my-header1", " value1"}, {"my-header2", " \"a   b   c\""}},
     .signed_headers = "host;my-header1;my-header2;x-amz-date",
     .signature = "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
    {.name = "post-header-key-sort",
     .method = "POST",
     .headers = {{"my-header1", "value1"}},
     .signed_headers = "host;my-header1;x-amz-date",
     .signature = "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"},
    {.name = "post-sts-header-before",
     .method = "POST",
     .token = session_token,
     .signed_headers = "host;x-amz-date;x-amz-security-token",
     .signature = "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"},
    {.name = "post-x-www-form-urlencoded",
     .method = "POST",
     .headers = {{"content-type", "application/x-www-form-urlencoded"}},
     .body = "Param1=value1",
     .signed_headers = "content-type;host;x-amz-date",
     .signature = "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
    {.name = "post-x-www-form-urlencoded-parameters",
     .method = "POST",
     .headers = {{"content-type", "application/x-www-form-urlencoded; charset=utf8"}},
     .body = "Param1=value1",
     .signed_headers = "content-type;host;x-amz-date",
     .signature = "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe"},
};

class SigV4Vector : public testing::TestWithParam<Vector> {};

TEST_P(SigV4Vector, is_signed_as_published)
{
    const auto& vector = GetParam();
    HttpRequest request{.method = vector.method,
                        .origin = "https://example.amazonaws.com",
                        .target = vector.target,
                        .headers = vector.headers,
                        .body = vector.body};
    sign(request, example(vector.token), scope, instant);
    ASSERT_EQ(request.headers.back().first, "authorization");
    EXPECT_EQ(request.headers.back().second,
              std::string{"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
                          "SignedHeaders="} +
                  vector.signed_headers + ", Signature=" + vector.signature);
}
INSTANTIATE_TEST_SUITE_P(AwsSuite, SigV4Vector, testing::ValuesIn(vectors), [](const auto& vector) {
    std::string name = vector.param.name;
    std::ranges::replace(name, '-', '_');
    return name;
});

TEST(SigV4, the_session_token_and_the_host_with_its_port_are_signed)
{
    HttpRequest request{.method = "POST", .origin = "http://127.0.0.1:8080", .body = "Action=DescribeTags"};
    sign(request, example("session"), {"eu-west-1", "ec2"}, instant);
    EXPECT_EQ(request.headers[0], (std::pair<std::string, std::string>{"host", "127.0.0.1:8080"}));
    EXPECT_THAT(request.headers.back().second, HasSubstr("SignedHeaders=host;x-amz-date;x-amz-security-token,"));
    EXPECT_THAT(request.headers.back().second, HasSubstr("/20150830/eu-west-1/ec2/aws4_request"));
}

TEST(SigV4, one_changed_byte_of_the_body_changes_the_signature)
{
    HttpRequest one{.method = "POST", .origin = "https://example.amazonaws.com", .body = "a"};
    HttpRequest two{.method = "POST", .origin = "https://example.amazonaws.com", .body = "b"};
    sign(one, example(), scope, instant);
    sign(two, example(), scope, instant);
    EXPECT_NE(one.headers.back().second, two.headers.back().second);
}

TEST(SigV4, a_form_is_encoded_as_it_is_signed)
{
    EXPECT_EQ(form_of({{"b", "1/2 3"}, {"a", "~x"}}), "a=~x&b=1%2F2%203");
}

} // namespace
} // namespace linkspan::takeover
