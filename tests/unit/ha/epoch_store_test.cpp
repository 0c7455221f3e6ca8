#include "ha/epoch_store.h"

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace linkspan::ha {
namespace {

namespace fs = std::filesystem;

struct Directory {
    fs::path path = fs::temp_directory_path() / ("epoch-XXXXXX");
    Directory()
    {
        auto name = path.string();
        path = ::mkdtemp(name.data());
    }
    ~Directory() { fs::remove_all(path); }
    [[nodiscard]] EpochStore store() const { return EpochStore{path.string()}; }
    void write(const std::string& text) const { std::ofstream{path / "epoch"} << text; }
};

TEST(EpochStore, IsZeroBeforeThereIsAny)
{
    const Directory directory;
    EXPECT_EQ(directory.store().load(), Epoch{});
}

TEST(EpochStore, OnlyGrows)
{
    const Directory directory;
    ASSERT_TRUE(directory.store().raise({18446744073709551615U - 1}));
    ASSERT_TRUE(directory.store().raise({7}));
    EXPECT_EQ(directory.store().load(), Epoch{18446744073709551614U});
    struct stat seen{};
    ASSERT_EQ(::stat((directory.path / "epoch").c_str(), &seen), 0);
    EXPECT_EQ(seen.st_mode & 0777U, 0600U);
    EXPECT_FALSE(fs::exists(directory.path / "epoch.new"));
}

TEST(EpochStore, GuessesNothingFromADamagedFile)
{
    const Directory directory;
    for (const std::string bad : {"", "7", "seven\n", "7 \n", "-1\n", "99999999999999999999\n", "7\n8\n"}) {
        directory.write(bad);
        EXPECT_FALSE(directory.store().load()) << bad;
        EXPECT_FALSE(directory.store().raise({9})) << bad;
    }
}

TEST(EpochStore, WhatACrashLeftBesideIsNoEpoch)
{
    const Directory directory;
    ASSERT_TRUE(directory.store().raise({4}));
    std::ofstream{directory.path / "epoch.new"} << "99";
    EXPECT_EQ(directory.store().load(), Epoch{4});
    EXPECT_TRUE(directory.store().raise({6}));
    EXPECT_EQ(directory.store().load(), Epoch{6});
}

TEST(EpochStore, SaysThatTheDirectoryIsGone)
{
    const EpochStore store{"/nonexistent/linkspan"};
    const auto raised = store.raise({2});
    ASSERT_FALSE(raised);
    EXPECT_EQ(raised.error().kind, Kind::NotFound);
}

TEST(EpochStore, KeepsTheOldOneWhereTheDiskIsFull)
{
    const Directory directory;
    ASSERT_TRUE(directory.store().raise({4}));
    ASSERT_EQ(::mkdir((directory.path / "epoch.new").c_str(), 0700), 0); // nothing can be created there
    EXPECT_FALSE(directory.store().raise({6}));
    EXPECT_EQ(directory.store().load(), Epoch{4});
    ASSERT_EQ(::rmdir((directory.path / "epoch.new").c_str()), 0);
    // Created and not written: a file may have no byte (as ENOSPC, only that the errno is EFBIG).
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const rlimit none{0, before.rlim_max};
    std::signal(SIGXFSZ, SIG_IGN);
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &none), 0);
    const auto raised = directory.store().raise({6});
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    ASSERT_FALSE(raised);
    EXPECT_EQ(raised.error().sys, EFBIG);
    EXPECT_EQ(directory.store().load(), Epoch{4});
}

} // namespace
} // namespace linkspan::ha
