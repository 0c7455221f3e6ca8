#include "ike/codec.h"

#include <gtest/gtest.h>

#include <random>

namespace linkspan::ike {
namespace {

std::string bytes_of(const Message& message)
{
    std::string bytes(encoded_size(message).value(), '\0');
    encode(message, bytes);
    return bytes;
}

TEST(Codec, WritesTheBytesThatCharonReads)
{
    const auto message = Message{}
                             .set("key1", std::string{"value1"})
                             .set("section1", Section{}
                                                  .set("sub", Section{}.set("key2", std::string{"value2"}))
                                                  .set("list1", List{"item1", "item2"}));
    using namespace std::string_literals;
    EXPECT_EQ(bytes_of(message), "\3\4key1\0\6value1"
                                 "\1\10section1"
                                 "\1\3sub\3\4key2\0\6value2\2"
                                 "\4\5list1\5\0\5item1\5\0\5item2\6"
                                 "\2"s);
}

TEST(Codec, SendsASecretAsItsBytes)
{
    using namespace std::string_literals;
    const auto message = Message{}.set("data", std::make_shared<const Secret>("\0\xffpsk"s));
    EXPECT_EQ(bytes_of(message), "\3\4data\0\5\0\xffpsk"s);
}

TEST(Codec, RefusesWhatDoesNotFit)
{
    EXPECT_TRUE(encoded_size(Message{}.set(std::string(max_name, 'n'), std::string(max_value, 'v'))));
    EXPECT_EQ(encoded_size(Message{}.set(std::string(max_name + 1, 'n'), std::string{})).error().kind, Kind::Config);
    EXPECT_EQ(encoded_size(Message{}.set("n", std::string(max_value + 1, 'v'))).error().kind, Kind::Config);
    EXPECT_EQ(encoded_size(Message{}.set("n", List{std::string(max_value + 1, 'v')})).error().kind, Kind::Config);
}

TEST(Codec, NeverTellsASecretInAnError)
{
    const auto error = encoded_size(Message{}.set("data", std::make_shared<const Secret>(std::string(70000, 'S'))));
    EXPECT_EQ(error.error().what.find('S'), std::string::npos);
}

Message nested(std::size_t depth)
{
    Message message;
    for (; depth > 0; --depth) message = Message{}.set("s", std::move(message));
    return message;
}

TEST(Codec, LimitsTheDepth)
{
    EXPECT_EQ(decode(bytes_of(nested(max_depth))), nested(max_depth));
    EXPECT_EQ(encoded_size(nested(max_depth + 1)).error().kind, Kind::Bug);
    std::string endless;
    for (int i = 0; i < 100'000; ++i) endless.append("\1\1s", 3);
    EXPECT_EQ(decode(endless).error().kind, Kind::Protocol);
}

struct Malformed {
    const char* name;
    std::string bytes;
};

class CodecRefuses : public testing::TestWithParam<Malformed> {};

TEST_P(CodecRefuses, It)
{
    auto message = decode(GetParam().bytes);
    ASSERT_FALSE(message);
    EXPECT_EQ(message.error().kind, Kind::Protocol);
}

using namespace std::string_literals;
INSTANTIATE_TEST_SUITE_P(Malformed, CodecRefuses,
                         testing::Values(Malformed{"UnknownElement", "\7"s}, Malformed{"ZeroElement", "\0"s},
                                         Malformed{"EndOfNoSection", "\2"s}, Malformed{"EndOfNoList", "\6"s},
                                         Malformed{"ItemOutsideOfAList", "\5\0\1x"s},
                                         Malformed{"KeyInAList", "\4\1l\3\1k\0\1v\6"s},
                                         Malformed{"ListInAList", "\4\1l\4\1m\6\6"s},
                                         Malformed{"OpenSection", "\1\1s"s}, Malformed{"OpenList", "\4\1l"s},
                                         Malformed{"NameTooShort", "\3\5key"s},
                                         Malformed{"ValueTooShort", "\3\1k\0\5v"s}),
                         [](const auto& test) { return std::string{test.param.name}; });

class Random {
public:
    explicit Random(unsigned seed) : engine_(seed) {}

    Message message(int depth = 0)
    {
        Message m;
        for (auto n = below(6); n > 0; --n) switch (below(depth < 5 ? 3 : 2)) {
            case 0: m.set(text(12), text(300)); break;
            case 1: m.set(text(12), list()); break;
            default: m.set(text(12), message(depth + 1));
            }
        return m;
    }

private:
    std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>{0, n - 1}(engine_); }
    std::string text(std::size_t most)
    {
        std::string s(below(most), '\0');
        for (char& c : s) c = static_cast<char>(below(256));
        return s;
    }
    List list()
    {
        List l;
        for (auto n = below(5); n > 0; --n) l.push_back(text(40));
        return l;
    }
    std::mt19937 engine_;
};

TEST(Codec, ReadsWhatItWrote)
{
    for (unsigned seed = 0; seed < 500; ++seed) {
        const Message message = Random{seed}.message();
        EXPECT_EQ(decode(bytes_of(message)), message) << "seed " << seed;
    }
}

TEST(Codec, ATruncatedMessageIsShorterOrRefused)
{
    const std::string whole = bytes_of(Random{7}.message());
    for (std::size_t size = 0; size < whole.size(); ++size) {
        auto part = decode(std::string_view{whole}.substr(0, size));
        if (part) {
            EXPECT_EQ(bytes_of(*part), whole.substr(0, size));
        } else {
            EXPECT_EQ(part.error().kind, Kind::Protocol);
        }
    }
}

} // namespace
} // namespace linkspan::ike
