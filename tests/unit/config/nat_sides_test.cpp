#include "config/nat_sides.h"

#include <gtest/gtest.h>

namespace linkspan::config {
namespace {

IpPrefix prefix(const std::string& text)
{
    return IpPrefix::parse(text).value();
}

TEST(NatSides, AMappedNetworkIsOneRowAndOthersKeepTheirAddresses)
{
    Connection c;
    c.local_subnets = {prefix("10.1.0.0/16"), prefix("10.2.0.0/16")};
    c.nat.local = {{prefix("10.1.0.0/16"), prefix("100.64.0.0/16")}};
    const auto rows = nat_rows(c, true);
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_TRUE(rows[0].is_mapped);
    EXPECT_EQ(rows[0].there, prefix("100.64.0.0/16"));
    EXPECT_FALSE(rows[1].is_mapped);
    EXPECT_EQ(rows[1].index, 1u) << "among the subnets";
    EXPECT_EQ(rows[1].here, rows[1].there);
}

TEST(NatSides, ThePictureHasTheSidesInColumnsAndNoMoreThanSixRowsOfEach)
{
    Connection c;
    c.nat.local = {{prefix("10.1.0.0/16"), prefix("100.64.0.0/16")}};
    for (int n = 20; n < 28; ++n) c.remote_subnets.push_back(prefix("10." + std::to_string(n) + ".0.0/16"));
    EXPECT_EQ(nat_picture(nat_rows(c, true), nat_rows(c, false)), "\n                this side       the peer's side"
                                                                  "\n  our hosts     10.1.0.0/16     100.64.0.0/16"
                                                                  "\n  the peer's    10.20.0.0/16    10.20.0.0/16"
                                                                  "\n  the peer's    10.21.0.0/16    10.21.0.0/16"
                                                                  "\n  the peer's    10.22.0.0/16    10.22.0.0/16"
                                                                  "\n  the peer's    10.23.0.0/16    10.23.0.0/16"
                                                                  "\n  the peer's    10.24.0.0/16    10.24.0.0/16"
                                                                  "\n  the peer's    10.25.0.0/16    10.25.0.0/16"
                                                                  "\n  the peer's    and 2 more");
}

} // namespace
} // namespace linkspan::config
