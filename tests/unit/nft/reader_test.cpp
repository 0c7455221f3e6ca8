#include "nft/reader.h"

#include <gtest/gtest.h>

namespace linkspan::nft {
namespace {

/// A ruleset with its generation, and a count of how often our table was listed.
struct Ruleset {
    Result<std::uint32_t> generation = 7U;
    Result<Observed> table = Observed{.present = true, .mss = {{{"ls-a"}, 1300}}};
    int listings = 0;

    Reader<Observed> reader()
    {
        return Reader<Observed>{{.generation = [this] { return generation; },
                                 .table =
                                     [this] {
                                         ++listings;
                                         return table;
                                     }}};
    }
};

TEST(NftReader, ListsOnceAsLongAsNobodyCommits)
{
    Ruleset kernel;
    auto reader = kernel.reader();
    EXPECT_EQ(reader.observe(), kernel.table);
    EXPECT_EQ(reader.observe(), kernel.table);
    EXPECT_EQ(kernel.listings, 1);
}

TEST(NftReader, ListsAgainAfterEveryCommit)
{
    Ruleset kernel;
    auto reader = kernel.reader();
    (void)reader.observe();
    kernel.table = Observed{}; // somebody flushed it
    kernel.generation = 8U;
    EXPECT_EQ(reader.observe(), Observed{});
    EXPECT_EQ(kernel.listings, 2);
}

TEST(NftReader, SeesWhatWasCommittedWhileItListed)
{
    Ruleset kernel;
    Reader<Observed> reader{{.generation = [&] { return kernel.generation; },
                             .table =
                                 [&] {
                                     const auto before = kernel.table;
                                     kernel.table = Observed{};
                                     kernel.generation = 8U;
                                     return before;
                                 }}};
    (void)reader.observe();
    EXPECT_EQ(reader.observe(), Observed{});
}

TEST(NftReader, ListsEveryTimeWhereThereIsNoGeneration)
{
    Ruleset kernel{.generation = failure(Kind::Unsupported, "no nf_tables")};
    auto reader = kernel.reader();
    (void)reader.observe();
    EXPECT_EQ(reader.observe(), kernel.table);
    EXPECT_EQ(kernel.listings, 2);
}

TEST(NftReader, RemembersNoFailure)
{
    Ruleset kernel;
    auto reader = kernel.reader();
    (void)reader.observe();
    kernel.generation = 8U;
    kernel.table = failure(Kind::Kernel, "refused");
    EXPECT_FALSE(reader.observe());
    kernel.table = Observed{};
    EXPECT_EQ(reader.observe(), Observed{});
}

} // namespace
} // namespace linkspan::nft
