#include "pair/outside.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace linkspan::pair {
namespace {

using takeover::Outcome;
using takeover::Report;
using takeover::Request;
using takeover::Verb;
using testing::ElementsAre;

/// A hook that is a shell script, and the loop of who asks for it.
class OutsideTest : public testing::Test {
protected:
    std::filesystem::path folder = make_folder();
    service::Loop loop = service::Loop::open().value();
    std::vector<Report> told;
    std::size_t wanted = 0;
    std::unique_ptr<Outside> outside;

    static std::filesystem::path make_folder()
    {
        std::string name = std::filesystem::temp_directory_path() / "outside-XXXXXX";
        return ::mkdtemp(name.data());
    }
    void TearDown() override
    {
        outside.reset();
        std::filesystem::remove_all(folder);
    }
    void open(const std::string& script)
    {
        const auto path = folder / "hook";
        std::ofstream{path} << "#!/bin/sh\n" << script << "\n";
        ::chmod(path.c_str(), 0700);
        OutsideSpec spec;
        spec.mover = takeover::ExecSpec{.command = path, .limit = std::chrono::minutes{10}, .attempts = 1};
        auto opened = Outside::open(spec, loop, real_clock(), {.moved = [this](const Report& report) {
                                        told.push_back(report);
                                        if (told.size() >= wanted) loop.stop(0);
                                    }});
        ASSERT_TRUE(opened) << opened.error().what;
        outside = std::move(*opened);
    }
    void run_until_told(std::size_t count)
    {
        wanted = count;
        if (told.size() < count) (void)loop.run();
    }
};

TEST_F(OutsideTest, WithoutAMoverNothingMoves)
{
    const auto none = Outside::open({}, loop, real_clock(), {});
    ASSERT_TRUE(none);
    EXPECT_FALSE((*none)->moves());
}

TEST_F(OutsideTest, AHooksEndIsToldOnTheLoop)
{
    open("echo \"$1 $2\"");
    ASSERT_TRUE(outside->moves());
    outside->move({Verb::Take, {18}});
    EXPECT_TRUE(told.empty()) << "not before the loop turns";
    run_until_told(1);
    EXPECT_THAT(told, ElementsAre(Report{{Verb::Take, {18}}, Outcome::Done, "take 18"}));
}

TEST_F(OutsideTest, AFailureIsToldWithItsReason)
{
    open("echo no rights; exit 3");
    outside->move({Verb::Take, {18}});
    run_until_told(1);
    EXPECT_THAT(told, ElementsAre(Report{{Verb::Take, {18}}, Outcome::Failed, "exited with status 3: no rights"}));
}

/// The gateway that was active and is ended meanwhile does not wait for it.
TEST_F(OutsideTest, AHookThatHangsKeepsNobodyAndEndsWithThePair)
{
    const auto pipe = folder / "alive";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    open("exec 9> " + pipe.string() + "; echo begun >&9; while :; do sleep 600; done");
    outside->move({Verb::Take, {18}});
    std::ifstream alive{pipe}; // waits until the hook opens its end
    std::string line;
    ASSERT_TRUE(std::getline(alive, line));
    EXPECT_TRUE(told.empty());
    outside.reset();
    EXPECT_FALSE(std::getline(alive, line)) << "its end is closed: nothing of the hook's group is left";
}

} // namespace
} // namespace linkspan::pair
