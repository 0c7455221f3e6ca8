#include "fixture.h"

#include "bus/report_json.h"

namespace linkspan::bus {
namespace {

using BusConnection = BusTest;

TEST_F(BusConnection, IsAnObjectOfItsOwn)
{
    serve_while([this] {
        TestClient client{socket};
        const std::string path = path_of_connection("azure-hub");
        EXPECT_EQ(client.string_property(path, connection_interface, "State"), "up");
        EXPECT_EQ(client.string_property(path, connection_interface, "Peer"), "198.51.100.7");
        EXPECT_EQ(client.call(path, connection_interface, "Describe").text, to_json(control.report.connections[1]));
        EXPECT_EQ(client.call(path, connection_interface, "Down").error, "");
        EXPECT_EQ(client.string_property(path, connection_interface, "State"), "down");
    });
    EXPECT_EQ(control.asked, std::vector<std::string>{"down azure-hub"});
}

TEST_F(BusConnection, ThatDoesNotExistCannotBeCalled)
{
    serve_while([this] {
        TestClient client{socket};
        EXPECT_EQ(client.call(path_of_connection("gcp"), connection_interface, "Up").error,
                  "org.freedesktop.DBus.Error.UnknownObject");
    });
    EXPECT_TRUE(control.asked.empty());
}

} // namespace
} // namespace linkspan::bus
