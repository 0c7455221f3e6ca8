#include "ike/describe.h"

#include "specs.h"

#include <gtest/gtest.h>

namespace linkspan::ike {
namespace {

TEST(IkeDescribe, SaysWhatIsDoneToWhat)
{
    const auto spec = test::spec();
    EXPECT_EQ(describe(Load{.spec = spec}), "create IKE connection azure-hub: 203.0.113.10 -> 198.51.100.7");
    EXPECT_EQ(describe(Load{.spec = spec, .adopts = true}),
              "adopt IKE connection azure-hub: 203.0.113.10 -> 198.51.100.7");
    EXPECT_EQ(describe(Load{.spec = spec, .before = spec}),
              "create IKE connection azure-hub: 203.0.113.10 -> 198.51.100.7");
    EXPECT_EQ(describe(Unload{spec.name}), "delete IKE connection azure-hub");
    EXPECT_EQ(describe(Terminate{spec.name, 7}), "terminate IKE_SA azure-hub #7");
    EXPECT_EQ(describe(Terminate{spec.name, 7, 12}), "terminate CHILD_SA azure-hub #12");
    EXPECT_EQ(describe(Terminate{spec.name, 7, 0, "it hangs"}), "terminate IKE_SA azure-hub #7: it hangs");
    EXPECT_EQ(describe(Initiate{spec.name, spec.name.value}), "initiate IKE connection azure-hub");
    EXPECT_EQ(describe(Initiate{spec.name, "azure-hub-1"}), "initiate IKE connection azure-hub child azure-hub-1");
}

TEST(IkeDescribe, SaysWhatDiffersButNoSecret)
{
    const auto before = test::spec();
    auto after = test::spec("azure-hub", "198.51.100.8");
    after.dpd_delay = std::chrono::seconds{10};
    after.children[0].local_ts.emplace_back(*IpPrefix::parse("10.1.0.0/16"));
    after.psk = test::key("battery staple");
    EXPECT_EQ(
        describe(Load{.spec = after, .before = before}),
        "update IKE connection azure-hub: peer 198.51.100.7 -> 198.51.100.8, remote id 198.51.100.7 -> "
        "198.51.100.8, selectors 0.0.0.0/0=0.0.0.0/0 -> 0.0.0.0/0,10.1.0.0/16=0.0.0.0/0, DPD delay 30s -> 10s, another "
        "pre-shared key");
}

TEST(IkeDescribe, SaysThatALifetimeIsForNewSas)
{
    auto after = test::spec();
    after.child_rekey = std::chrono::hours{8};
    EXPECT_EQ(detail_of(Load{.spec = after, .before = test::spec()}),
              "child lifetime 3600s -> 28800s, for new SAs only");
}

TEST(IkeDescribe, SaysWhatOfTheAuthenticationChangedAndNoneOfIt)
{
    const auto before = test::x509_spec();
    auto after = before;
    auto x509 = *before.x509;
    x509.certificate = "renewed";
    x509.key = test::key("renewed too");
    after.x509 = std::make_shared<const X509>(x509);
    EXPECT_EQ(detail_of(Load{.spec = after, .before = before}), "another certificate, for new SAs only");
    EXPECT_EQ(detail_of(Load{.spec = after, .before = test::spec()}), "certificate in place of a pre-shared key");
    EXPECT_EQ(describe(UnloadKey{.id = "c0ffee"}), "delete IKE private key c0ffee");
}

} // namespace
} // namespace linkspan::ike
