#include "cli/explain.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace linkspan::cli {
namespace {

using config::Origin;

Explanation sample()
{
    const auto file = std::make_shared<const std::string>("linkspan.toml");
    return {"hub",
            {
                {"name", "\"hub\"", Origin::File, "/etc/linkspan/linkspan.toml:5:18", {file, 5, 18}},
                {"ike_proposals",
                 R"(["aes256gcm16-prfsha384-ecp384", "aes256-sha256-ecp256"])",
                 Origin::Profile,
                 "profile aws",
                 {}},
                {"replay_window", "128", Origin::Default, "default", {}},
                {"psk", "{ file = \"/k\x1b\" }", Origin::File, "linkspan.toml:7:18", {file, 7, 18}},
                {"tunnel_address", "", Origin::Default, "default", {}},
                {"mtu", "1422", Origin::Computed, "esp_proposals; assumes an uplink of 1500 bytes", {}},
            },
            "/etc/linkspan/"};
}

TEST(Explanation, IsATable)
{
    EXPECT_EQ(render_explanation(sample(), {}), R"(hub
  name            linkspan.toml:5:18  "hub"
  ike_proposals   profile aws         "aes256gcm16-prfsha384-ecp384"
                                      "aes256-sha256-ecp256"
  replay_window   default             128
  psk             linkspan.toml:7:18  { file = "/k?" }
  tunnel_address  default             -
  mtu             computed            1422  (esp_proposals; assumes an uplink of 1500 bytes)
)");
}

TEST(Explanation, IsJson)
{
    const auto json = json_of(sample());
    EXPECT_EQ(json.at("connection"), "hub");
    EXPECT_EQ(json.at("assumed_uplink_mtu").to_number<int>(), 1500);
    const auto& settings = json.at("settings").as_array();
    ASSERT_EQ(settings.size(), 6U);
    EXPECT_EQ(settings[0].at("value"), "hub");
    EXPECT_EQ(settings[0].at("file"), "linkspan.toml");
    EXPECT_EQ(settings[0].at("line").to_number<int>(), 5);
    EXPECT_EQ(settings[0].at("origin"), "file");
    EXPECT_EQ(settings[1].at("value").as_array().size(), 2U);
    EXPECT_EQ(settings[1].at("origin"), "profile");
    EXPECT_EQ(settings[1].at("from"), "profile aws");
    EXPECT_TRUE(settings[1].at("file").is_null());
    EXPECT_EQ(settings[2].at("value").to_number<int>(), 128);
    EXPECT_TRUE(settings[3].at("value").is_string()) << "a table is text";
    EXPECT_TRUE(settings[4].at("value").is_null());
    EXPECT_EQ(settings[5].at("origin"), "computed");
}

} // namespace
} // namespace linkspan::cli
