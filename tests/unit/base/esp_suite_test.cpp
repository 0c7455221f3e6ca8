#include "base/esp_suite.h"

#include <gtest/gtest.h>

namespace linkspan {
namespace {

TEST(EspSuite, IsFoundByName)
{
    for (const auto& suite : esp_suites()) EXPECT_EQ(find_esp_suite(suite.name), &suite);
    EXPECT_EQ(find_esp_suite("des"), nullptr);
}

TEST(EspSuite, AnAeadBringsItsSaltAndNoIntegrity)
{
    EXPECT_EQ(find_esp_suite("aes128gcm16")->key_bytes, 16U + 4U);
    EXPECT_TRUE(find_esp_suite("chacha20poly1305")->is_aead());
    EXPECT_FALSE(find_esp_suite("aes256-sha256")->is_aead());
    EXPECT_EQ(find_esp_suite("aes256-sha256")->integrity_bytes, 32U);
}

} // namespace
} // namespace linkspan
