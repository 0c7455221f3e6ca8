#pragma once

#include "bus/control.h"
#include "bus/view.h"

#include <string>
#include <string_view>

extern "C" {
struct sd_bus;
struct sd_bus_vtable;
}

namespace linkspan::bus {

inline constexpr const char* bus_name = "org.linkspan.Gateway1";
inline constexpr const char* gateway_path = "/org/linkspan/Gateway1";
inline constexpr const char* gateway_interface = "org.linkspan.Gateway1";
inline constexpr const char* connections_path = "/org/linkspan/Gateway1/connection";
inline constexpr const char* connection_interface = "org.linkspan.Connection1";

/// What the objects are made of; sd-bus keeps its address, so it outlives every connection and does not move.
struct Context {
    Control& control;
    View view = {};

    explicit Context(Control& agent) : control(agent) {}
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
};

/// The two interfaces (bus_gateway.cpp, bus_connection.cpp). Their userdata is the Context. Methods that change
/// something, and `Plan`, which reads any file it is told, are for root: sd-bus refuses them to everybody else unless
/// the connection is trusted.
[[nodiscard]] const sd_bus_vtable* gateway_vtable();
[[nodiscard]] const sd_bus_vtable* connection_vtable();

/// "azure-hub" -> "/org/linkspan/Gateway1/connection/azure_2dhub".
[[nodiscard]] std::string path_of_connection(std::string_view name);
/// The connection that a path below `connections_path` names, or nullptr.
[[nodiscard]] const ConnectionView* connection_at(const Context& context, const char* path);

/// Puts the gateway, its connections and the object manager on a connection; they live as long as it does.
[[nodiscard]] Result<> export_objects(sd_bus* bus, Context& context);

/// Tells the listeners of one connection. The context's view is already the new one.
void emit(sd_bus* bus, const Changes& changes);

} // namespace linkspan::bus
