#include "bus/objects.h"

#include <systemd/sd-bus.h>

#include <cstdlib>
#include <cstring>
#include <memory>

namespace linkspan::bus {
namespace {

struct Free {
    void operator()(char* text) const noexcept { std::free(text); }
};
using CText = std::unique_ptr<char, Free>;

int find(sd_bus*, const char* path, const char*, void* userdata, void** found, sd_bus_error*) noexcept
{
    *found = userdata;
    return connection_at(*static_cast<Context*>(userdata), path) != nullptr;
}

/// sd-bus frees the array and its strings with free(3).
int enumerate(sd_bus*, const char*, void* userdata, char*** nodes, sd_bus_error*) noexcept
{
    const auto& connections = static_cast<Context*>(userdata)->view.connections;
    auto** list = static_cast<char**>(std::calloc(connections.size() + 1, sizeof(char*)));
    if (list == nullptr) return -ENOMEM;
    char** next = list;
    for (const auto& [name, connection] : connections) *next++ = ::strdup(path_of_connection(name).c_str());
    *nodes = list;
    return 0;
}

/// Pointers for sd-bus, which wants them without const although it changes nothing.
std::vector<char*> terminated(const std::vector<std::string>& names)
{
    std::vector<char*> list;
    for (const std::string& name : names) list.push_back(const_cast<char*>(name.c_str()));
    list.push_back(nullptr);
    return list;
}

void emit_changed(sd_bus* bus, const char* path, const char* interface, const std::vector<std::string>& names)
{
    if (names.empty()) return;
    (void)sd_bus_emit_properties_changed_strv(bus, path, interface, terminated(names).data());
}

} // namespace

std::string path_of_connection(std::string_view name)
{
    char* path = nullptr;
    if (sd_bus_path_encode(connections_path, std::string(name).c_str(), &path) < 0) return connections_path;
    return CText{path}.get();
}

const ConnectionView* connection_at(const Context& context, const char* path)
{
    char* name = nullptr;
    if (path == nullptr || sd_bus_path_decode(path, connections_path, &name) <= 0) return nullptr;
    const auto found = context.view.connections.find(std::string_view(CText{name}.get()));
    return found == context.view.connections.end() ? nullptr : &found->second;
}

Result<> export_objects(sd_bus* bus, Context& context)
{
    int r = sd_bus_add_object_vtable(bus, nullptr, gateway_path, gateway_interface, gateway_vtable(), &context);
    if (r >= 0)
        r = sd_bus_add_fallback_vtable(bus, nullptr, connections_path, connection_interface, connection_vtable(), find,
                                       &context);
    if (r >= 0) r = sd_bus_add_node_enumerator(bus, nullptr, connections_path, enumerate, &context);
    if (r >= 0) r = sd_bus_add_object_manager(bus, nullptr, gateway_path);
    if (r < 0) return sys_error(-r, "cannot put the gateway's objects on the bus");
    return {};
}

void emit(sd_bus* bus, const Changes& changes)
{
    // A listener that cannot be told is one that has gone; its connection ends by itself.
    for (const std::string& name : changes.removed)
        (void)sd_bus_emit_interfaces_removed(bus, path_of_connection(name).c_str(), connection_interface, nullptr);
    for (const std::string& name : changes.added)
        (void)sd_bus_emit_interfaces_added(bus, path_of_connection(name).c_str(), connection_interface, nullptr);
    for (const auto& [name, properties] : changes.changed)
        emit_changed(bus, path_of_connection(name).c_str(), connection_interface, properties);
    emit_changed(bus, gateway_path, gateway_interface, changes.gateway);
}

} // namespace linkspan::bus
