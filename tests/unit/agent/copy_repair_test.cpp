#include "agent/copy_repair.h"

#include <gtest/gtest.h>

namespace linkspan::agent {
namespace {

using namespace std::chrono_literals;

const IpAddress here = IpAddress::parse("203.0.113.10").value(), there = IpAddress::parse("198.51.100.7").value();

/// Its SPIs are id * 16 + 1 and id * 16 + 2. `rekeyed`: so often, by which its IKE_SA has another id each time.
ike::IkeSa sa(std::uint32_t id, std::uint64_t rekeyed = 0)
{
    ike::IkeSa sa{.connection = {"site-" + std::to_string(id)},
                  .unique_id = id + 1000 * rekeyed,
                  .state = ike::IkeState::Established};
    sa.local = here;
    sa.remote = there;
    sa.children.push_back({.unique_id = 100 + id,
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
    EXPECT_EQ(repair.look({}, {sa(1), sa(2, 1)}, now += 1s), (Rekeying{{}, {102}}))
        << "had the IKE_SA been lost again, nobody would know but by these";
    EXPECT_EQ(repair.look({}, {sa(1), sa(2, 1)}, now += 1min), Rekeying{});
    EXPECT_EQ(repair.look({{there, {0x22}}}, {sa(1), sa(2, 1)}, now), (Rekeying{{1002}, {}}));
}

TEST(CopyRepair, RekeysTheTunnelsAlsoWhereTheIkeSaStaysAsItWas)
{
    CopyRepair repair;
    Monotonic now{1h};
    EXPECT_EQ(repair.look(of_two, {sa(2)}, now), (Rekeying{{2}, {}}));
    auto rekeying = sa(2);
    rekeying.state = ike::IkeState::Rekeying;
    EXPECT_EQ(repair.look({}, {rekeying}, now += 1min), Rekeying{}) << "a busy peer's answer may come yet";
    EXPECT_EQ(repair.look({}, {sa(2)}, now), (Rekeying{{}, {102}}));
}

TEST(CopyRepair, ForgetsAConnectionThatIsGone)
{
    CopyRepair repair;
    Monotonic now{1h};
    EXPECT_EQ(repair.look(of_two, {sa(2)}, now), (Rekeying{{2}, {}}));
    EXPECT_EQ(repair.look({}, {sa(1)}, now), Rekeying{});
    EXPECT_EQ(repair.look({}, {sa(2, 1)}, now), Rekeying{});
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
    EXPECT_EQ(wait({{}, {102}}), CopyRepair::between);
    EXPECT_EQ(wait({{2}, {}}), CopyRepair::pause);
    EXPECT_EQ(wait({{}, {102}}), CopyRepair::between);
    EXPECT_EQ(wait({{2}, {}}), 2 * CopyRepair::pause);
    EXPECT_EQ(wait({{}, {102}}), CopyRepair::between);
    now += 3h; // it was there meanwhile
    EXPECT_EQ(wait({{2}, {}}), 0s);
    EXPECT_EQ(wait({{}, {102}}), CopyRepair::between);
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
    EXPECT_EQ(repair.look(missing, sas, now).ikes.size(), CopyRepair::at_once);
    EXPECT_EQ(repair.look(missing, sas, now += 1s), Rekeying{}) << "until some of these are done";
    for (std::uint32_t id = 1; id <= 3; ++id) sas[id - 1] = sa(id, 1);
    EXPECT_EQ(repair.look(missing, sas, now += 1s), (Rekeying{{21, 22, 23}, {101, 102, 103}}));
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
