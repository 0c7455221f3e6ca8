#include "bus/view.h"

#include <gtest/gtest.h>

namespace linkspan::bus {
namespace {

using Names = std::vector<std::string>;

GatewayReport gateway()
{
    GatewayReport report{.name = "edge-1", .version = "0.1.0", .in_sync = true};
    report.connections = {{.name = {"aws"}, .state = State::Up}, {.name = {"azure"}, .state = State::Connecting}};
    return report;
}

TEST(View, NothingChangedMeansNothingToTell)
{
    EXPECT_TRUE(diff(view_of(gateway()), view_of(gateway())).empty());
}

TEST(View, CountersAreNotProperties)
{
    auto after = gateway();
    after.reconciliations = 100;
    after.writes = 7;
    EXPECT_TRUE(diff(view_of(gateway()), view_of(after)).empty());
}

TEST(View, TellsWhichPropertiesOfWhichConnectionChanged)
{
    auto after = gateway();
    after.in_sync = false;
    after.ike.connected = true;
    after.connections[1].state = State::Up;
    after.connections[1].since = WallTime{std::chrono::seconds{5}};
    after.connections[1].unsynced = {{.object = "route"}};
    const Changes expected{.gateway = {"InSync", "IkeConnected"}, .changed = {{"azure", {"State", "Since", "InSync"}}}};
    EXPECT_EQ(diff(view_of(gateway()), view_of(after)), expected);
}

TEST(View, ConnectionsComeAndGo)
{
    auto after = gateway();
    after.connections = {{.name = {"azure"}, .state = State::Connecting}, {.name = {"gcp"}}};
    const Changes changes = diff(view_of(gateway()), view_of(after));
    EXPECT_EQ(changes.added, Names{"gcp"});
    EXPECT_EQ(changes.removed, Names{"aws"});
    EXPECT_TRUE(changes.changed.empty());
}

TEST(View, ErrorsAreUtf8)
{
    auto report = gateway();
    report.config_error = "bad byte \xff";
    report.connections[0].last_error = LastError{"peer \xff", WallTime{std::chrono::seconds{9}}};
    const View view = view_of(report);
    EXPECT_EQ(view.gateway.config_error, "bad byte \xef\xbf\xbd");
    EXPECT_EQ(view.connections.at("aws").last_error, "peer \xef\xbf\xbd");
    EXPECT_EQ(view.connections.at("aws").last_error_time, 9U);
}

} // namespace
} // namespace linkspan::bus
