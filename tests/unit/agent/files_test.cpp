#include "agent/files.h"
#include "tests/unit/directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::agent {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

std::string file_with(const std::string& psk, const std::string& more = "")
{
    return "[gateway]\nuplink = \"wan0\"\n[[connection]]\nname = \"a\"\npeer = \"198.51.100.7\"\npsk = { file = \"" +
           psk + "\" }\nremote_subnets = [\"10.20.0.0/16\"]\n" + more;
}

TEST(Files, GoodOnesComeWithTheirSecrets)
{
    const Directory etc;
    const auto psk = etc.write("psk", "correct horse\n");
    const auto files = read_files(etc.write("linkspan.toml", file_with(psk)), "");
    ASSERT_TRUE(files) << files.error().what;
    EXPECT_THAT(files->config.connections, SizeIs(1));
    ASSERT_TRUE(files->secrets.at({"a"}).secret);
    EXPECT_EQ(files->secrets.at({"a"}).secret->reveal(), "correct horse");
}

TEST(Files, AMissingSecretIsTheConnectionsTroubleAlone)
{
    const Directory etc;
    const auto files = read_files(etc.write("linkspan.toml", file_with(etc / "none")), "");
    ASSERT_TRUE(files);
    EXPECT_FALSE(files->secrets.at({"a"}).secret);
    EXPECT_THAT(files->secrets.at({"a"}).error, HasSubstr("none"));
}

TEST(Files, BadOnesAnswerWithAllThereIsToSayAndNoSecret)
{
    const Directory etc;
    const auto path = etc.write("linkspan.toml", file_with("/x", "psk_hidden = 1\nmtu = 3\n"));
    const auto refused = read_files(path, "");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, Kind::Config);
    EXPECT_THAT(refused.error().what, AllOf(HasSubstr(path.string() + ":8:"), HasSubstr(path.string() + ":9:")));
}

TEST(Files, AMissingFileIsNamed)
{
    const Directory etc;
    const auto refused = read_files(etc / "linkspan.toml", "");
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().what, HasSubstr("linkspan.toml"));
}

} // namespace
} // namespace linkspan::agent
