#include "base/mtu.h"

#include <gtest/gtest.h>

namespace linkspan {
namespace {

constexpr EspOverhead gcm{.iv = 8, .icv = 16, .alignment = 4};
constexpr EspOverhead cbc_sha256{.iv = 16, .icv = 16, .alignment = 16};
constexpr EspOverhead cbc_sha384{.iv = 16, .icv = 24, .alignment = 16};
constexpr EspOverhead cbc_sha512{.iv = 16, .icv = 32, .alignment = 16};

std::uint32_t over_ipv4(EspOverhead esp, bool udp)
{
    return tunnel_mtu(1500, Family::V4, std::span{&esp, 1}, udp, true);
}

/// The table of the AWS Site-to-Site VPN user guide, "Maximum transmission unit".
TEST(TunnelMtu, IsWhatAwsPublishes)
{
    EXPECT_EQ(over_ipv4(gcm, false), 1446);
    EXPECT_EQ(over_ipv4(gcm, true), 1438);
    EXPECT_EQ(over_ipv4(cbc_sha256, false), 1438);
    EXPECT_EQ(over_ipv4(cbc_sha256, true), 1422);
    EXPECT_EQ(over_ipv4(cbc_sha384, false), 1422);
    EXPECT_EQ(over_ipv4(cbc_sha512, false), 1422);
    EXPECT_EQ(over_ipv4(cbc_sha512, true), 1406);
    EXPECT_EQ(tcp_mss(1446, Family::V4), 1406);
    EXPECT_EQ(tcp_mss(1438, Family::V6), 1378);
}

TEST(TunnelMtu, PaysForAnIpv6Header)
{
    EXPECT_EQ(tunnel_mtu(1500, Family::V6, std::span{&gcm, 1}, false, true), 1426);
}

TEST(TunnelMtu, TakesTheWorstProposal)
{
    const EspOverhead both[] = {gcm, cbc_sha512};
    EXPECT_EQ(tunnel_mtu(1500, Family::V4, both, true, true), 1406);
}

/// The ESP packet built the long way fits, and one byte more does not.
TEST(TunnelMtu, IsTheLargestThatFits)
{
    for (const auto& esp : {gcm, cbc_sha256, cbc_sha384, cbc_sha512})
        for (const auto outer : {Family::V4, Family::V6})
            for (const std::uint32_t udp : {0u, 8u})
                for (std::uint32_t wire = 1400; wire <= 1500; ++wire) {
                    const auto size = [&](std::uint32_t inner) {
                        const std::uint32_t block = esp.alignment;
                        const std::uint32_t padded = (inner + 2 + block - 1) / block * block;
                        return (outer == Family::V4 ? 20u : 40u) + udp + 8 + esp.iv + padded + esp.icv;
                    };
                    const auto mtu = tunnel_mtu(wire, outer, std::span{&esp, 1}, udp != 0, false);
                    ASSERT_LE(size(mtu), wire);
                    ASSERT_GT(size(mtu + 1), wire);
                }
}

TEST(TunnelMtu, NeverFallsBelowWhatIpRequires)
{
    EXPECT_EQ(tunnel_mtu(1000, Family::V4, std::span{&gcm, 1}, false, true), 1280);
    EXPECT_EQ(tunnel_mtu(500, Family::V4, std::span{&gcm, 1}, false, false), 576);
    EXPECT_EQ(tunnel_mtu(0, Family::V6, std::span{&gcm, 1}, true, false), 576);
}

} // namespace
} // namespace linkspan
