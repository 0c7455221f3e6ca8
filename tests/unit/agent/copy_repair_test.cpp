#include "agent/copy_repair.h"

#include <gtest/gtest.h>

namespace linkspan::agent {
namespace {

using namespace std::chrono_literals;

const IpAddress here = IpAddress::parse("203.0.113.10").value(), there = IpAddress::parse("198.51.100.7").value();

/// Its SPIs are id * 16 + 1 and id * 16 + 2.
ike::IkeSa sa(std::uint32_t id)
{
    ike::IkeSa sa{.connection = {"site-" + std::to_string(id)}, .unique_id = id, .state = ike::IkeState::Established};
    sa.local = here;
    sa.remote = there;
    sa.children.push_back({.unique_id = 1000 + id,
                           .state = ike::ChildState::Installed,
                           .spi_in = {id * 16 + 1},
                           .spi_out = {id * 16 + 2}});
    return sa;
}

const std::set<xfrm::StateKey> of_two{{here, {0x21}}};

TEST(CopyRepair, RekeysTheIkeSaAndThenTheTunnelsOfWhatIsMissingAlone)
{
    CopyRepair repair;
    Monotonic now{1h};
    EXPECT_EQ(repair.look(of_two, {sa(1), sa(2)}, now), (Rekeying{{2}, {}}));
    EXPECT_EQ(repair.look(of_two, {sa(1), sa(2)}, now += 1s), Rekeying{}) << "it is under way";
    EXPECT_EQ(repair.look({}, {sa(1), sa(2)}, now += CopyRepair::between), (Rekeying{{}, {1002}}))
        << "had the IKE_SA been lost again, nobody would know but by these";
    EXPECT_EQ(repair.look({}, {sa(1), sa(2)}, now += 1min), Rekeying{});
    EXPECT_EQ(repair.look({{there, {0x22}}}, {sa(1), sa(2)}, now), (Rekeying{{2}, {}}));
}

TEST(CopyRepair, WaitsLongerEachTimeThatItDidNotHelp)
{
    CopyRepair repair;
    Monotonic now{1h};
    const auto wait = [&](const Rekeying& what) {
        const auto since = now;
        while (repair.look(of_two, {sa(2)}, now) != what) now += 1s;
        return now - since;
    };
    EXPECT_EQ(wait({{2}, {}}), 0s);
    EXPECT_EQ(wait({{}, {1002}}), CopyRepair::between);
    EXPECT_EQ(wait({{2}, {}}), CopyRepair::pause);
    EXPECT_EQ(wait({{}, {1002}}), CopyRepair::between);
    EXPECT_EQ(wait({{2}, {}}), 2 * CopyRepair::pause);
    now += 3h; // it was there meanwhile
    EXPECT_EQ(wait({{2}, {}}), 0s);
    EXPECT_EQ(wait({{}, {1002}}), CopyRepair::between);
    EXPECT_EQ(wait({{2}, {}}), CopyRepair::pause);
}

TEST(CopyRepair, OfManyAFewAtATime)
{
    CopyRepair repair;
    ike::SaView sas;
    std::set<xfrm::StateKey> missing;
    for (std::uint32_t id = 1; id <= 2 * CopyRepair::at_once + 1; ++id) {
        sas.push_back(sa(id));
        missing.insert({here, {id * 16 + 1}});
    }
    Monotonic now{1h};
    for (const std::size_t count : {CopyRepair::at_once, CopyRepair::at_once, std::size_t{1}, std::size_t{0}})
        EXPECT_EQ(repair.look(missing, sas, now += 1s).ikes.size(), count);
}

TEST(CopyRepair, LeavesAloneWhatIsNotEstablished)
{
    CopyRepair repair;
    auto rekeying = sa(2), passive = sa(2);
    rekeying.state = ike::IkeState::Rekeying;
    passive.state = ike::IkeState::Passive;
    EXPECT_EQ(repair.look(of_two, {rekeying, passive}, Monotonic{1h}), Rekeying{});
}

} // namespace
} // namespace linkspan::agent
