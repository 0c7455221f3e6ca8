#include "takeover/http.h"

#include <gtest/gtest.h>

namespace linkspan::takeover {
namespace {

TEST(Http, a_form_is_sorted_and_encodes_all_but_unreserved_characters)
{
    EXPECT_EQ(form_of({{"b", "1/2 3"}, {"a", "~x-._"}}), "a=~x-._&b=1%2F2%203");
    EXPECT_EQ(percent_encoded("\xc3\xbc+"), "%C3%BC%2B");
    EXPECT_EQ(form_of({}), "");
}

TEST(Http, a_header_is_found_by_its_name)
{
    const HttpResponse response{.headers = {{"retry-after", "3"}}};
    EXPECT_EQ(response.header("retry-after"), "3");
    EXPECT_EQ(response.header("etag"), "");
}

} // namespace
} // namespace linkspan::takeover
