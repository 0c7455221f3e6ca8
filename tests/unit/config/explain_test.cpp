#include "config/explain.h"
#include "config/profile.h"
#include "config/read.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace linkspan::config {
namespace {

const std::string head = "[gateway]\nuplink = \"wan0\"\n";
const std::string least = "[[connection]]\nname = \"hub\"\npeer = \"198.51.100.7\"\npsk = { file = \"/k\" }\n"
                          "remote_subnets = [\"10.20.0.0/16\"]\n";

using Settings = std::map<std::string, Setting>;

Settings explained(const std::string& text, std::vector<std::string>* order = nullptr)
{
    const Sources sources{{"a.toml", text}, {"b.toml", "# nothing here\n"}};
    const auto loaded = load(sources);
    Settings settings;
    EXPECT_TRUE(loaded.config);
    if (!loaded.config) return settings;
    for (auto& setting : explain(sources, *loaded.config, loaded.config->connections.at(0))) {
        if (order) order->push_back(setting.key);
        settings.emplace(setting.key, std::move(setting));
    }
    return settings;
}

TEST(Explain, HasEveryKeyInOrderAndThenWhatFollows)
{
    std::vector<std::string> order;
    (void)explained(head + least, &order);
    const auto keys = connection_keys().keys;
    ASSERT_GT(order.size(), keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) EXPECT_EQ(order[i], keys[i].name);
    EXPECT_EQ(order[keys.size()], "reqid");
}

TEST(Explain, WhatIsWrittenHasItsPlace)
{
    const auto settings =
        explained(head + least + "ike_lifetime = 3600\nesp_proposals = [\"aes128-sha1\"]\nenabled = false\n");
    const auto& lifetime = settings.at("ike_lifetime");
    EXPECT_EQ(lifetime.origin, Origin::File);
    EXPECT_EQ(lifetime.value, "3600");
    EXPECT_EQ(lifetime.from, "a.toml:8:16");
    EXPECT_EQ(lifetime.pos.line, 8U);
    EXPECT_EQ(settings.at("esp_proposals").value, R"(["aes128-sha1"])");
    EXPECT_EQ(settings.at("enabled").value, "false");
    EXPECT_EQ(settings.at("name").value, R"("hub")");
    EXPECT_EQ(settings.at("psk").value, R"({ file = "/k" })") << "where the secret is, never the secret";
}

TEST(Explain, WhatIsNotWrittenIsTheDefault)
{
    for (const auto& [key, setting] : explained(head + least)) {
        EXPECT_NE(setting.origin, Origin::Profile) << key;
        if (setting.origin == Origin::Default) { EXPECT_EQ(setting.from, "default") << key; }
        EXPECT_NE(setting.pos.line != 0, setting.origin != Origin::File) << key;
    }
    const auto settings = explained(head + least);
    EXPECT_EQ(settings.at("start").value, R"("always")");
    EXPECT_EQ(settings.at("tunnel_address").value, "");
    EXPECT_EQ(settings.at("local_subnets").value, "[]");
}

TEST(Explain, TheGenericProfileIsWhatTheManualCallsDefault)
{
    const auto settings = explained(head + least);
    for (const auto& key : connection_keys().keys)
        if (!key.fallback.empty()) { EXPECT_EQ(settings.at(std::string{key.name}).value, key.fallback) << key.name; }
}

TEST(Explain, AProfilesValuesSayWhose)
{
    const auto settings = explained(head + least + "profile = \"azure\"\ndpd_delay = \"10s\"\n");
    EXPECT_EQ(settings.at("profile").origin, Origin::File);
    for (const auto* key : {"ike_proposals", "esp_proposals", "ike_lifetime", "child_lifetime", "replay_window",
                            "start", "nat_traversal", "mss"}) {
        EXPECT_EQ(settings.at(key).origin, Origin::Profile) << key;
        EXPECT_EQ(settings.at(key).from, "profile azure") << key;
    }
    EXPECT_EQ(settings.at("child_lifetime").value, R"("7h30m")");
    EXPECT_EQ(settings.at("mss").value, "1350");
    EXPECT_EQ(settings.at("dpd_delay").origin, Origin::File);
    EXPECT_EQ(settings.at("mode").origin, Origin::Default) << "no profile has a word on it";
}

TEST(Explain, SizesAreForAnUplinkThatIsSaid)
{
    const auto generic = explained(head + least);
    EXPECT_EQ(generic.at("mtu").value, "1422");
    EXPECT_EQ(generic.at("mss").value, "1382");
    EXPECT_TRUE(generic.at("mtu").from.contains("1500")) << generic.at("mtu").from;
    const auto azure = explained(head + least + "profile = \"azure\"\n");
    EXPECT_EQ(azure.at("mtu").value, "1400");
    EXPECT_TRUE(azure.at("mtu").from.contains("profile azure"));
    const auto gcp = explained(head + least + "profile = \"gcp\"\n").at("mtu");
    EXPECT_EQ(gcp.value, "1390");
    EXPECT_TRUE(gcp.from.contains("1460") && gcp.from.contains("profile gcp")) << gcp.from;
    EXPECT_EQ(explained(head + least + "mtu = 1300\n").at("mss").value, "1260");
}

TEST(Explain, IdentitiesAndAddressesAsFarAsTheFilesTell)
{
    const auto open = explained(head + least);
    EXPECT_EQ(open.at("local_address").value, "");
    EXPECT_TRUE(open.at("local_address").from.contains("wan0"));
    EXPECT_EQ(open.at("local_id").value, "");
    EXPECT_EQ(open.at("remote_id").value, R"("198.51.100.7")");
    const auto known = explained(head + "address = \"203.0.113.10\"\n" + least);
    EXPECT_EQ(known.at("local_address").value, R"("203.0.113.10")");
    EXPECT_EQ(known.at("local_id").value, R"("203.0.113.10")");
    EXPECT_EQ(known.at("local_id").origin, Origin::Computed);
}

TEST(Explain, NumbersOfTheKernel)
{
    const auto vti = explained(head + least + "id = 17\n");
    EXPECT_EQ(vti.at("reqid").value, std::to_string(0x10000011));
    EXPECT_EQ(vti.at("mark").value, R"("0x10000011")");
    EXPECT_FALSE(vti.contains("if_id"));
    const auto xfrm = explained(head + least + "id = 17\ninterface = \"xfrm\"\n");
    EXPECT_EQ(xfrm.at("if_id").value, R"("0x10000011")");
    EXPECT_FALSE(xfrm.contains("mark"));
    EXPECT_EQ(explained(head + least).at("id").value, std::to_string(id_of_name("hub").value & 0x0fffffff));
    EXPECT_EQ(vti.at("device").value, R"("ls-hub")");
}

} // namespace
} // namespace linkspan::config
