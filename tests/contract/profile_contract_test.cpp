#include "own_charon.h"

#include "config/profile.h"
#include "ike/apply.h"

#include <gtest/gtest.h>

/// Every profile, asked of charon: proposals are strings of its language, and only it can say that they are.

namespace linkspan::config {
namespace {

ike::ConnectionSpec spec_of(const Profile& profile)
{
    ike::ConnectionSpec spec;
    spec.name = {std::string{profile.name}};
    spec.local = *IpAddress::parse("192.0.2.1");
    spec.remote = *IpAddress::parse("192.0.2.2");
    spec.local_id = "192.0.2.1";
    spec.remote_id = "192.0.2.2";
    spec.ike_proposals = profile.ike_proposals;
    spec.esp_proposals = profile.esp_proposals;
    const TrafficSelector all{IpPrefix::any(Family::V4)};
    spec.children = {{spec.name.value, {id_of_name(spec.name.value).value}, {all}, {all}}};
    spec.ike_rekey = profile.ike_lifetime;
    spec.child_rekey = profile.child_lifetime;
    spec.dpd_delay = profile.dpd_delay;
    spec.replay_window = profile.replay_window;
    spec.psk = std::make_shared<const Secret>("correct horse battery staple");
    return spec;
}

TEST(ProfileContract, CharonTakesEveryProfile)
{
    test::OwnCharon charon;
    if (!charon.missing().empty()) GTEST_SKIP() << "needs " << charon.missing();
    auto client = charon.connect();
    ASSERT_TRUE(client) << client.error().what << "\n" << charon.log();

    std::map<ConnectionName, ike::ConnectionSpec> connections;
    for (auto vendor : {Vendor::Generic, Vendor::Aws, Vendor::Azure, Vendor::Gcp, Vendor::Aviatrix}) {
        auto spec = spec_of(profile_of(vendor));
        connections.emplace(spec.name, std::move(spec));
    }
    ike::Ledger ledger;
    for (const auto& op : ike::plan({connections, {}, {}}, ledger, ike::observe(*client).value())) {
        const auto done = ike::apply(*client, op, ledger);
        EXPECT_TRUE(done) << done.error().what;
    }
    EXPECT_EQ(ike::observe(*client).value().loaded,
              (std::set<std::string>{"aviatrix", "aws", "azure", "gcp", "generic"}));
}

} // namespace
} // namespace linkspan::config
