#include "takeover/exec_driver.h"
#include "takeover/line.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace linkspan::takeover {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A hook that is a shell script, and a clock that the test sets forward.
class ExecDriverTest : public testing::Test {
protected:
    std::filesystem::path folder = make_folder();
    static constexpr std::chrono::minutes limit{10}; ///< that a busy machine does not reach
    Monotonic::duration ahead{};
    std::unique_ptr<ExecDriver> driver;

    void TearDown() override
    {
        driver.reset();
        std::filesystem::remove_all(folder);
    }
    void open(const std::string& script, std::uint32_t attempts = 1)
    {
        const auto path = folder / "hook";
        std::ofstream{path} << "#!/bin/sh\n" << script << "\n";
        ::chmod(path.c_str(), 0700);
        auto opened = ExecDriver::open(
            {.command = path, .addresses = {"203.0.113.10/24@wan0"}, .limit = limit, .attempts = attempts},
            [this] { return real_clock().now() + ahead; });
        ASSERT_TRUE(opened) << opened.error().what;
        driver = std::move(*opened);
    }
    /// Goes on until so much is told; the hook's own end is what wakes it.
    std::vector<Report> told(std::size_t count = 1)
    {
        std::vector<Report> all;
        while (all.size() < count) {
            const auto reports = driver->process();
            all.insert(all.end(), reports.begin(), reports.end());
            pollfd ready{driver->descriptor(), POLLIN, 0};
            if (all.size() < count && ::poll(&ready, 1, 60'000) <= 0) break;
        }
        return all;
    }
    std::string content(const char* name) const
    {
        std::ifstream file{folder / name};
        return {std::istreambuf_iterator<char>{file}, {}};
    }
    static std::filesystem::path make_folder()
    {
        std::string name = std::filesystem::temp_directory_path() / "linkspan-hook.XXXXXX";
        return ::mkdtemp(name.data());
    }
};

TEST_F(ExecDriverTest, the_hook_gets_its_arguments_and_its_output_is_told)
{
    open("echo \"$1 $2 $LINKSPAN_ROLE $LINKSPAN_ADDRESSES\"; echo oops >&2");
    driver->ask({Verb::Take, {4}});
    EXPECT_THAT(told(),
                ElementsAre(Report{{Verb::Take, {4}}, Outcome::Done, "take 4 active 203.0.113.10/24@wan0 oops"}));
}

TEST_F(ExecDriverTest, nothing_of_the_agents_own_reaches_the_hook)
{
    ::setenv("LINKSPAN_TEST_SECRET", "visible", 1);
    ::signal(SIGUSR1, SIG_IGN);
    open("env; ls /proc/self/fd | wc -l; grep SigIgn /proc/self/status");
    driver->ask({Verb::Take, {4}});
    const auto reports = told();
    ::signal(SIGUSR1, SIG_DFL);
    ASSERT_EQ(reports.size(), 1U);
    EXPECT_THAT(reports[0].detail, testing::Not(HasSubstr("LINKSPAN_TEST_SECRET")));
    EXPECT_THAT(reports[0].detail, HasSubstr(" 4 SigIgn: ")) << "0, 1, 2 and the folder ls reads";
    EXPECT_THAT(reports[0].detail, testing::EndsWith("0000000")) << "SIGUSR1 is not ignored";
}

TEST_F(ExecDriverTest, a_failure_and_a_hook_that_is_not_there_are_told)
{
    open("echo no such address; exit 3");
    driver->ask({Verb::Take, {4}});
    EXPECT_THAT(told(),
                ElementsAre(Report{{Verb::Take, {4}}, Outcome::Failed, "exited with status 3: no such address"}));
    std::filesystem::remove(folder / "hook");
    driver->ask({Verb::Take, {6}});
    const auto reports = told();
    ASSERT_EQ(reports.size(), 1U);
    EXPECT_EQ(reports[0].outcome, Outcome::Failed);
    EXPECT_THAT(reports[0].detail, HasSubstr("No such file or directory"));
}

TEST_F(ExecDriverTest, a_hook_that_hangs_is_ended_with_all_it_started)
{
    open("trap '' TERM; sleep 1000 & echo $! > " + (folder / "child").string() + "; echo ready > " +
         (folder / "fifo").string() + "; wait; wait");
    ASSERT_EQ(::mkfifo((folder / "fifo").c_str(), 0600), 0);
    driver->ask({Verb::Take, {4}});
    EXPECT_EQ(content("fifo"), "ready\n"); // it has begun
    const Fd child{static_cast<int>(::syscall(SYS_pidfd_open, std::stoi(content("child")), 0))};
    ASSERT_TRUE(child);
    ahead += limit + std::chrono::seconds{1};
    EXPECT_THAT(driver->process(), testing::IsEmpty()) << "SIGTERM, which it ignores";
    ahead += std::chrono::seconds{3};
    EXPECT_THAT(told(), ElementsAre(Report{
                            {Verb::Take, {4}}, Outcome::Failed, "took longer than its time: was killed by signal 9"}));
    pollfd ended{child.get(), POLLIN, 0};
    EXPECT_EQ(::poll(&ended, 1, 60'000), 1) << "its child lives on";
}

TEST_F(ExecDriverTest, what_a_hook_leaves_behind_is_ended_and_does_not_hold_up_its_end)
{
    open("sleep 1000 & echo $! > " + (folder / "child").string() + "; echo ready > " + (folder / "fifo").string() +
         "; echo done");
    ASSERT_EQ(::mkfifo((folder / "fifo").c_str(), 0600), 0);
    driver->ask({Verb::Take, {4}});
    EXPECT_EQ(content("fifo"), "ready\n");
    const Fd child{static_cast<int>(::syscall(SYS_pidfd_open, std::stoi(content("child")), 0))};
    ASSERT_TRUE(child);
    EXPECT_THAT(told(), ElementsAre(Report{{Verb::Take, {4}}, Outcome::Done, "done"}));
    pollfd ended{child.get(), POLLIN, 0};
    EXPECT_EQ(::poll(&ended, 1, 60'000), 1) << "its child lives on";
}

TEST_F(ExecDriverTest, much_output_neither_stops_the_hook_nor_grows)
{
    open("head -c 3000000 /dev/zero | tr '\\0' a; echo; echo the end");
    driver->ask({Verb::Take, {4}});
    const auto reports = told();
    ASSERT_EQ(reports.size(), 1U);
    EXPECT_LE(reports[0].detail.size(), most_output);
    EXPECT_THAT(reports[0].detail, testing::EndsWith("the end"));
}

TEST_F(ExecDriverTest, runs_come_in_the_order_of_epochs_one_at_a_time)
{
    open("echo begin $1 $2 >> " + (folder / "log").string() + "; echo x > " + (folder / "fifo").string() +
         "; echo end $1 $2 >> " + (folder / "log").string());
    ASSERT_EQ(::mkfifo((folder / "fifo").c_str(), 0600), 0);
    driver->ask({Verb::Take, {4}});
    driver->ask({Verb::Release, {4}});
    driver->ask({Verb::Take, {6}});
    EXPECT_EQ(content("fifo"), "x\n"); // lets the first end
    EXPECT_THAT(told(2), ElementsAre(Report{{Verb::Release, {4}}, Outcome::Superseded, "a later one was asked for"},
                                     Report{{Verb::Take, {4}}, Outcome::Done, ""}));
    EXPECT_EQ(content("fifo"), "x\n");
    EXPECT_THAT(told(), ElementsAre(Report{{Verb::Take, {6}}, Outcome::Done, ""}));
    EXPECT_EQ(content("log"), "begin take 4\nend take 4\nbegin take 6\nend take 6\n");
}

} // namespace
} // namespace linkspan::takeover
