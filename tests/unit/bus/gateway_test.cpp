#include "fixture.h"

#include "bus/pair_json.h"
#include "bus/report_json.h"

namespace linkspan::bus {
namespace {

using BusGateway = BusTest;
using Answer = TestClient::Answer;

TEST_F(BusGateway, AnswersWithReports)
{
    serve_while([this] {
        TestClient client{socket};
        EXPECT_EQ(client.call_gateway("Describe").text, to_json(control.report));
        EXPECT_EQ(client.call_gateway("DescribeConnection", "aws").text, to_json(control.report.connections[0]));
        EXPECT_EQ(client.call_gateway("Plan", "").text, to_json(*control.plan("")));
        EXPECT_EQ(client.call_gateway("Apply").text, to_json(ApplyReport{}));
        EXPECT_EQ(client.call_gateway("DescribePair").text, to_json(*control.pair()));
    });
}

TEST_F(BusGateway, PassesOnWhatIsAsked)
{
    serve_while([this] {
        TestClient client{socket};
        client.call_gateway("Plan", "/tmp/new.toml");
        client.call_gateway("Apply");
        client.call_gateway("Reload");
        client.call_gateway("Up", "aws");
        client.call_gateway("Restart", "aws");
        client.call_gateway("Down", "azure-hub");
        EXPECT_EQ(client.call_gateway("OrderPair", "switchover"),
                  (Answer{"org.linkspan.Error.Busy", "refused: no gateway is ready to take over"}));
    });
    EXPECT_EQ(control.asked, (std::vector<std::string>{"plan /tmp/new.toml", "apply", "reload", "connecting aws",
                                                       "restart aws", "down azure-hub", "switchover"}));
}

TEST_F(BusGateway, RefusalsAreNamedErrors)
{
    serve_while([this] {
        TestClient client{socket};
        EXPECT_EQ(client.call_gateway("Reload"),
                  (Answer{"org.linkspan.Error.Kernel", "the kernel is having a day off"}));
        EXPECT_EQ(client.call_gateway("Plan", "x.toml"),
                  (Answer{"org.linkspan.Error.Config", "x.toml:1:1: error: bad byte \xef\xbf\xbd"}));
        EXPECT_EQ(client.call_gateway("DescribeConnection", "azure-hbu"),
                  (Answer{"org.linkspan.Error.NotFound",
                          "there is no connection \"azure-hbu\"; did you mean \"azure-hub\"?"}));
    });
}

TEST_F(BusGateway, ShowsItsProperties)
{
    serve_while([this] {
        TestClient client{socket};
        EXPECT_EQ(client.string_property(gateway_path, gateway_interface, "Name"), "edge-1");
        EXPECT_EQ(client.string_property(gateway_path, gateway_interface, "ConfigError"), "");
    });
}

} // namespace
} // namespace linkspan::bus
