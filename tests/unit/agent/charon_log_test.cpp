#include "agent/charon_log.h"

#include "tests/unit/directory.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace linkspan::agent {
namespace {

const std::string failed = "07[IKE] <azure|3> received AUTHENTICATION_FAILED notify error\n";

class CharonLogTest : public testing::Test {
protected:
    void write(const std::string& text) { std::ofstream(file_, std::ios::app) << text; }
    std::size_t look()
    {
        found_.clear();
        log_.look();
        return found_.size();
    }

    Directory directory_;
    std::filesystem::path file_ = directory_ / "charon.log";
    service::Loop loop_ = service::Loop::open().value();
    std::vector<ike::Finding> found_;
    CharonLog log_{loop_, [this](const ike::Finding& finding) { found_.push_back(finding); }};
    std::string socket_ = directory_ / "charon.vici";
};

TEST_F(CharonLogTest, TellsWhatIsNewSinceItFollows)
{
    write(failed);
    log_.follow(socket_);
    log_.listen(true);
    EXPECT_EQ(look(), 0U) << "that was before us";
    write("08[CFG] something else\n" + failed + failed);
    EXPECT_EQ(look(), 2U);
    EXPECT_EQ(found_[0].connection, "azure");
    EXPECT_EQ(look(), 0U);
}

TEST_F(CharonLogTest, AHalfLineWaitsForItsOtherHalf)
{
    log_.follow(socket_);
    log_.listen(true);
    EXPECT_EQ(look(), 0U) << "there is no file yet";
    write(failed.substr(0, 20));
    EXPECT_EQ(look(), 0U);
    write(failed.substr(20));
    EXPECT_EQ(look(), 1U);
}

TEST_F(CharonLogTest, WhoDoesNotListenMissesWhatWasSaid)
{
    write("00[DMN] begins\n");
    log_.follow(socket_);
    write(failed);
    EXPECT_EQ(look(), 0U);
    log_.listen(true);
    EXPECT_EQ(look(), 0U);
    write(failed);
    EXPECT_EQ(look(), 1U);
}

TEST_F(CharonLogTest, AnEmptiedFileAndANewOneAreReadFromTheirBeginning)
{
    write(failed + failed);
    log_.follow(socket_);
    log_.listen(true);
    std::filesystem::resize_file(file_, 0);
    write(failed);
    EXPECT_EQ(look(), 1U) << "emptied";
    std::filesystem::rename(file_, directory_ / "old");
    EXPECT_EQ(look(), 0U) << "gone";
    write(failed + failed + failed);
    EXPECT_EQ(look(), 3U) << "another charon's";
}

TEST_F(CharonLogTest, OfALargeFileTheEndIsRead)
{
    write("00[DMN] begins\n");
    log_.follow(socket_);
    log_.listen(true);
    std::string flood;
    while (flood.size() < 3 << 20) flood += failed;
    write(flood);
    const auto count = look();
    EXPECT_GT(count, 10'000U);
    EXPECT_LT(count, 20'000U);
    EXPECT_EQ(look(), 0U);
}

} // namespace
} // namespace linkspan::agent
