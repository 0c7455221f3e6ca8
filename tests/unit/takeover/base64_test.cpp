#include "takeover/base64.h"

#include <gtest/gtest.h>

namespace linkspan::takeover {
namespace {

/// RFC 4648, section 10.
TEST(Base64, the_vectors_of_the_rfc)
{
    const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                           {"f", "Zg=="},
                                                           {"fo", "Zm8="},
                                                           {"foo", "Zm9v"},
                                                           {"foob", "Zm9vYg=="},
                                                           {"fooba", "Zm9vYmE="},
                                                           {"foobar", "Zm9vYmFy"}};
    for (const auto& [bytes, text] : vectors) {
        EXPECT_EQ(base64_of(bytes), text);
        EXPECT_EQ(from_base64(text), bytes);
    }
}

TEST(Base64, what_is_none_is_refused)
{
    for (const auto* text : {"Zg", "Z", "Zg==x", "!!!!", "Zm9v\n"}) EXPECT_EQ(from_base64(text), std::nullopt) << text;
}

} // namespace
} // namespace linkspan::takeover
