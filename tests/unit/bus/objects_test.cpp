#include "fixture.h"

namespace linkspan::bus {
namespace {

using BusObjects = BusTest;

TEST_F(BusObjects, PathsTellNamesApart)
{
    EXPECT_EQ(path_of_connection("azure-hub"), "/org/linkspan/Gateway1/connection/azure_2dhub");
    Context context{control};
    context.view = view_of(control.report);
    for (const auto& [name, view] : context.view.connections)
        EXPECT_EQ(connection_at(context, path_of_connection(name).c_str()), &view);
    for (const char* path : {"/org/linkspan/Gateway1/connection/gcp", connections_path, gateway_path, "/"})
        EXPECT_EQ(connection_at(context, path), nullptr) << path;
}

TEST_F(BusObjects, TheTreeListsEveryConnection)
{
    serve_while([this] {
        TestClient client{socket};
        const std::string xml = client.introspect(connections_path).text;
        EXPECT_NE(xml.find("<node name=\"aws\"/>"), std::string::npos) << xml;
        EXPECT_NE(xml.find("<node name=\"azure_2dhub\"/>"), std::string::npos) << xml;
    });
}

TEST_F(BusObjects, ListenersHearWhatChanged)
{
    serve_while([this] {
        TestClient client{socket};
        client.call_gateway("Down", "aws");
        EXPECT_EQ(client.signals(),
                  std::vector<std::string>{"PropertiesChanged /org/linkspan/Gateway1/connection/aws"});
    });
}

TEST_F(BusObjects, ListenersHearOfConnectionsThatComeAndGo)
{
    control.changed = [this] {
        control.report.connections = {connection("gcp"), connection("aws")};
        bus.publish(control.report);
    };
    serve_while([this] {
        TestClient client{socket};
        client.call_gateway("Up", "aws");
        EXPECT_EQ(client.signals(), (std::vector<std::string>{"InterfacesRemoved /org/linkspan/Gateway1",
                                                              "InterfacesAdded /org/linkspan/Gateway1"}));
        EXPECT_EQ(client.string_property(path_of_connection("gcp"), connection_interface, "Name"), "gcp");
        EXPECT_EQ(client.string_property(path_of_connection("azure-hub"), connection_interface, "Name"), "(none)");
    });
}

} // namespace
} // namespace linkspan::bus
