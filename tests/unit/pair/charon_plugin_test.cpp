#include "pair/charon_plugin.h"

#include "tests/unit/directory.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <unistd.h>

namespace linkspan::pair {
namespace {

std::string content_of(const std::filesystem::path& file)
{
    std::ifstream in{file};
    return {std::istreambuf_iterator<char>{in}, {}};
}

/// What follows `load =` in a text.
std::string plugins_of(const std::string& text)
{
    const auto at = text.find("load = ");
    return text.substr(at + 7, text.find('\n', at) - at - 7);
}

PairOfCharons charons()
{
    return {*IpAddress::parse("10.255.0.1"), *IpAddress::parse("10.255.0.2"), Secret{"s3cret"}};
}

TEST(CharonPair, LoadsWhatTheShippedFileLoadsAndHa)
{
    const auto shipped = content_of(std::filesystem::path{LINKSPAN_SOURCE_DIR} / "systemd/strongswan.conf");
    EXPECT_EQ(plugins_of(plugin_settings(charons())), plugins_of(shipped) + " ha");
}

TEST(CharonPair, CharonDecidesNothing)
{
    const auto settings = plugin_settings(charons());
    for (const auto* line : {"monitor = no", "resync = no", "local = 10.255.0.1", "remote = 10.255.0.2",
                             "secret = s3cret", "segment_count = 1"})
        EXPECT_NE(settings.find(line), std::string::npos) << line;
}

TEST(CharonPair, SettingsAreForTheOwnerAloneAndWrittenOnce)
{
    const Directory directory;
    const auto file = directory / "charon" / "ha.conf";
    EXPECT_EQ(*write_plugin_settings(file, "a"), true);
    EXPECT_EQ(*write_plugin_settings(file, "a"), false);
    EXPECT_EQ(*write_plugin_settings(file, "b"), true);
    EXPECT_EQ(content_of(file), "b");
    EXPECT_EQ(std::filesystem::status(file).permissions(), std::filesystem::perms{0600});
    EXPECT_EQ(*remove_plugin_settings(file), true);
    EXPECT_EQ(*remove_plugin_settings(file), false);
}

TEST(CharonPair, OrdersGoThroughThePipe)
{
    const Directory directory;
    const auto pipe = directory / "pipe";
    EXPECT_EQ(order_segment(pipe, SegmentOrder::Take).error().kind, Kind::Disconnected) << "there is none";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    EXPECT_EQ(order_segment(pipe, SegmentOrder::Take).error().kind, Kind::Disconnected) << "nobody reads it";
    const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    ASSERT_TRUE(order_segment(pipe, SegmentOrder::Take));
    ASSERT_TRUE(order_segment(pipe, SegmentOrder::Drop));
    char text[16] = {};
    EXPECT_EQ(::read(reader, text, sizeof text), 6);
    EXPECT_STREQ(text, "+1\n-1\n");
    ::close(reader);
}

TEST(CharonPair, AFileInThePipesPlaceIsNobodys)
{
    const Directory directory;
    const auto file = directory / "pipe";
    std::ofstream{file} << "";
    EXPECT_EQ(order_segment(file, SegmentOrder::Take).error().kind, Kind::Foreign);
    EXPECT_EQ(content_of(file), "");
}

} // namespace
} // namespace linkspan::pair
