#include "vti/apply.h"

#include "tests/fake/rtnetlink.h"
#include "vti/observe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace linkspan::vti {
namespace {

using testing::HasSubstr;

Spec xfrm(const std::string& name, std::uint32_t if_id)
{
    return {.name = {name}, .connection = {name}, .kind = LinkKind::Xfrm, .if_id = {if_id}, .mtu = 1400};
}

struct VtiApply : testing::Test {
    fake::Rtnetlink kernel;
    netlink::Socket socket = netlink::Socket::over(kernel.dial()).value();
};

TEST_F(VtiApply, OneFailureDoesNotKeepTheOthersFromBeingDone)
{
    kernel.refuse = [](const nlmsghdr& request) {
        return request.nlmsg_type == RTM_NEWLINK && fake::Links::name_in(request) == "ls-b" ? -EPERM : 0;
    };
    const Op<Spec> ops[] = {
        {Verb::Create, xfrm("ls-a", 1), {}}, {Verb::Create, xfrm("ls-b", 2), {}}, {Verb::Create, xfrm("ls-c", 3), {}}};
    const auto done = apply_all(socket, ops);
    EXPECT_TRUE(done[0]);
    ASSERT_FALSE(done[1]);
    EXPECT_EQ(done[1].error().kind, Kind::Permission);
    EXPECT_THAT(done[1].error().what, HasSubstr("create link ls-b"));
    EXPECT_TRUE(done[2]);
    const auto seen = observe(socket);
    EXPECT_EQ(seen->at({"ls-a"}).tunnel, xfrm("ls-a", 1));
    EXPECT_FALSE(seen->contains({"ls-b"}));
    EXPECT_EQ(seen->at({"ls-c"}).tunnel, xfrm("ls-c", 3));
}

/// A link whose settings were refused must not carry packets.
TEST_F(VtiApply, ALinkThatIsNotAsItShouldBeStaysDown)
{
    kernel.refuse = [](const nlmsghdr& request) { return request.nlmsg_type == RTM_SETLINK ? -EINVAL : 0; };
    const auto done = apply(socket, {Verb::Create, xfrm("ls-a", 1), {}});
    ASSERT_FALSE(done);
    EXPECT_THAT(done.error().what, HasSubstr("set link ls-a: Invalid argument"));
    EXPECT_FALSE(observe(socket)->at({"ls-a"}).up);
}

TEST_F(VtiApply, AKernelWithoutIpv6IsFine)
{
    int asked = 0;
    kernel.refuse = [&](const nlmsghdr& request) {
        for (const auto attribute : netlink::attributes_of(request, sizeof(ifinfomsg)))
            if (attribute.type == IFLA_AF_SPEC)
                for (const auto family : attribute.nested())
                    if (family.type == AF_INET6) return ++asked, -EAFNOSUPPORT;
        return 0;
    };
    EXPECT_TRUE(apply(socket, {Verb::Create, xfrm("ls-a", 1), {}}));
    EXPECT_EQ(asked, 1);
    EXPECT_TRUE(observe(socket)->at({"ls-a"}).up);
}

TEST_F(VtiApply, AReplacedLinkIsANewOne)
{
    ASSERT_TRUE(apply(socket, {Verb::Create, xfrm("ls-a", 1), {}}));
    const auto old = observe(socket)->at({"ls-a"}).index;
    ASSERT_TRUE(apply(socket, {Verb::Replace, xfrm("ls-a", 2), xfrm("ls-a", 1)}));
    EXPECT_EQ(observe(socket)->at({"ls-a"}).tunnel, xfrm("ls-a", 2));
    EXPECT_NE(observe(socket)->at({"ls-a"}).index, old);
}

} // namespace
} // namespace linkspan::vti
