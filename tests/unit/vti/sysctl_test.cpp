#include "vti/sysctl.h"

#include <gtest/gtest.h>
#include <linux/ip.h>
#include <linux/ipv6.h>

#include <array>

namespace linkspan::vti {
namespace {

struct Conf {
    std::array<std::uint32_t, IPV4_DEVCONF_MAX> ipv4{};
    std::array<std::uint32_t, DEVCONF_MAX> ipv6{};
    [[nodiscard]] bool hold(LinkKind kind) const
    {
        return sysctls_hold(kind, std::as_bytes(std::span{ipv4}), std::as_bytes(std::span{ipv6}));
    }
};

Conf good()
{
    Conf conf;
    conf.ipv4[IPV4_DEVCONF_NOPOLICY - 1] = 1;
    conf.ipv6[DEVCONF_DISABLE_POLICY] = 1;
    conf.ipv6[DEVCONF_ADDR_GEN_MODE] = 1;
    return conf;
}

TEST(Sysctls, EachOneCounts)
{
    for (auto kind : {LinkKind::Vti, LinkKind::Vti6, LinkKind::Xfrm}) {
        EXPECT_TRUE(good().hold(kind));
        auto conf = good();
        conf.ipv6[DEVCONF_ACCEPT_RA] = 1;
        EXPECT_FALSE(conf.hold(kind));
        conf = good();
        conf.ipv6[DEVCONF_ADDR_GEN_MODE] = 0;
        EXPECT_FALSE(conf.hold(kind));
    }
}

TEST(Sysctls, OnlyAVtiSkipsTheSecondPolicyCheck)
{
    auto conf = good();
    conf.ipv4[IPV4_DEVCONF_NOPOLICY - 1] = 0;
    EXPECT_FALSE(conf.hold(LinkKind::Vti));
    EXPECT_TRUE(conf.hold(LinkKind::Xfrm));
    conf = good();
    conf.ipv6[DEVCONF_DISABLE_POLICY] = 0;
    EXPECT_FALSE(conf.hold(LinkKind::Vti6));
    EXPECT_TRUE(conf.hold(LinkKind::Xfrm));
}

TEST(Sysctls, AFamilyThatIsNotThereIsAsItShouldBe)
{
    EXPECT_TRUE(sysctls_hold(LinkKind::Vti, {}, {}));
}

TEST(Sysctls, NothingIsWrittenForALinkWithoutIpv6)
{
    EXPECT_TRUE(write_ipv6_sysctls({"no-such-link"}, LinkKind::Vti));
}

} // namespace
} // namespace linkspan::vti
