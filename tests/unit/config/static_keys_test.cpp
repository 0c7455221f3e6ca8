#include "config/static_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::config {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string hex(std::size_t bytes, char first)
{
    std::string text;
    for (std::size_t i = 0; i < bytes; ++i) text += {first, "0123456789abcdef"[i % 16]};
    return text;
}

std::string generation(const std::string& name, char digit, const std::string& more = "")
{
    const auto spi = std::to_string(4096 + 16 * digit);
    return "[[generation]]\nname = \"" + name + "\"\ncipher = \"aes128gcm16\"\n" + more + "in = { spi = " + spi +
           ", key = \"" + hex(20, digit) + "\" }\nout = { spi = " + spi + ", key = \"0x" +
           hex(20, static_cast<char>(digit + 1)) + "\" }\n";
}

std::string refusal(const std::string& text)
{
    const auto keys = parse_static_keys(text, "/k");
    EXPECT_FALSE(keys) << text;
    return keys ? "" : keys.error().what;
}

std::string with(std::string text, const std::string& from, const std::string& to)
{
    return text.replace(text.find(from), from.size(), to);
}

TEST(StaticKeys, AreRead)
{
    const auto keys =
        parse_static_keys(generation("old", '1') + generation("new", '5', "send = true\nesn = true\n"), "/k");
    ASSERT_TRUE(keys) << keys.error().what;
    ASSERT_EQ(keys->generations.size(), 2U);
    const auto& old = keys->generations[0];
    EXPECT_EQ(old.name, "old");
    EXPECT_EQ(old.suite->name, "aes128gcm16");
    EXPECT_FALSE(old.sends);
    EXPECT_EQ(old.in.keys->reveal().size(), 20U);
    EXPECT_EQ(old.in.keys->reveal()[1], '\x11');
    EXPECT_EQ(old.out.keys->reveal()[1], '\x21') << "0x is no digit";
    EXPECT_TRUE(keys->generations[1].sends);
    EXPECT_TRUE(keys->generations[1].esn);
}

TEST(StaticKeys, TheOnlyGenerationSends)
{
    EXPECT_TRUE(parse_static_keys(generation("only", '1'), "/k")->generations[0].sends);
}

TEST(StaticKeys, AnHmacHasAKeyOfItsOwn)
{
    auto text = with(generation("only", '1'), "aes128gcm16", "aes128-sha256");
    EXPECT_THAT(refusal(text), HasSubstr("`key` must be 16 bytes"));
    const auto direction = [](char digit) {
        return "{ spi = 4096, key = \"" + hex(16, digit) + "\", integrity_key = \"" + hex(32, digit) + "\" }\n";
    };
    text = "[[generation]]\nname = \"only\"\ncipher = \"aes128-sha256\"\nin = " + direction('1') +
           "out = " + direction('2');
    const auto keys = parse_static_keys(text, "/k");
    ASSERT_TRUE(keys) << keys.error().what;
    EXPECT_EQ(keys->generations[0].in.keys->reveal().size(), 48U);
}

TEST(StaticKeys, AreRefusedWithTheirPlace)
{
    const auto good = generation("only", '1');
    EXPECT_THAT(refusal(with(good, "\"aes128gcm16\"", "\"3des\"")), HasSubstr("one of aes128gcm16, aes256gcm16"));
    EXPECT_THAT(refusal(with(good, "spi = 4880", "spi = 255")), HasSubstr("/k:4:6: `spi` must be a number from 256"));
    EXPECT_THAT(refusal(with(good, hex(20, '1'), hex(19, '1'))), HasSubstr("/k:4:26: `key` must be 20 bytes"));
    EXPECT_THAT(refusal(with(good, hex(20, '1'), std::string(40, '0'))), HasSubstr("no key at all"));
    EXPECT_THAT(refusal(with(good, "name = \"only\"", "")), HasSubstr("`name` must be"));
    EXPECT_THAT(refusal(with(good, hex(20, '2'), hex(20, '1'))), HasSubstr("keys of its own"));
    EXPECT_THAT(refusal(good + good), HasSubstr("two generations are named \"only\""));
    EXPECT_THAT(refusal(good + generation("more", '5')), HasSubstr("0 of 2 generations have `send = true`"));
    EXPECT_THAT(refusal(good + generation("more", '1')), HasSubstr("an SPI of another generation"));
    EXPECT_THAT(refusal(with(good, "out =", "forth =")), HasSubstr("/k:5:1: this is none of the keys here"));
    EXPECT_THAT(refusal("generation = 7"), HasSubstr("`generation` must be a list"));
    EXPECT_THAT(refusal("\n"), HasSubstr("there is no [[generation]]"));
}

TEST(StaticKeys, AreNeverShown)
{
    const auto secret = hex(20, '1');
    for (const auto& text :
         {"key = " + secret, secret + " = 1", "[[generation]]\n" + secret + " = 1\n",
          "[[generation]]\nname = \"" + secret + "\"\n", "[[generation]]\ncipher = \"" + secret + "\"\n",
          with(generation("only", '1'), secret, secret + "00")})
        EXPECT_THAT(refusal(text), Not(HasSubstr("101112"))) << text;
}

} // namespace
} // namespace linkspan::config
