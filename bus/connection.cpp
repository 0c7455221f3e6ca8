#include "bus/objects.h"
#include "bus/reply.h"

#include <algorithm>

namespace linkspan::bus {
namespace {

Context& context_of(void* userdata)
{
    return *static_cast<Context*>(userdata);
}

template <auto Member>
int property(sd_bus*, const char* path, const char*, const char*, sd_bus_message* message, void* userdata,
             sd_bus_error*) noexcept
{
    const ConnectionView* connection = connection_at(context_of(userdata), path);
    return connection == nullptr ? -ENOENT : append(message, connection->*Member);
}

Result<ConnectionName> called_connection(sd_bus_message* call, const Context& context)
{
    const ConnectionView* connection = connection_at(context, sd_bus_message_get_path(call));
    if (connection == nullptr) return failure(Kind::NotFound, "the connection no longer exists");
    return ConnectionName{connection->name};
}

template <auto Verb>
int call_verb(sd_bus_message* call, void* userdata, sd_bus_error* error) noexcept
{
    Context& context = context_of(userdata);
    const auto name = called_connection(call, context);
    if (!name) return refuse(error, name.error());
    return reply(call, error, (context.control.*Verb)(*name));
}

Result<ConnectionReport> report_of(sd_bus_message* call, Context& context)
{
    const auto name = called_connection(call, context);
    if (!name) return std::unexpected(name.error());
    const GatewayReport gateway = context.control.status();
    const auto found = std::ranges::find(gateway.connections, *name, &ConnectionReport::name);
    if (found == gateway.connections.end()) return failure(Kind::NotFound, "the connection no longer exists");
    return *found;
}

int describe(sd_bus_message* call, void* userdata, sd_bus_error* error) noexcept
{
    return reply(call, error, json_of(report_of(call, context_of(userdata))));
}

constexpr auto constant = SD_BUS_VTABLE_PROPERTY_CONST;
constexpr auto changing = SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE;
constexpr auto for_all = SD_BUS_VTABLE_UNPRIVILEGED;

const sd_bus_vtable vtable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("Up", "", "", call_verb<&Control::up>, 0),
    SD_BUS_METHOD("Restart", "", "", call_verb<&Control::restart>, 0),
    SD_BUS_METHOD("Down", "", "", call_verb<&Control::down>, 0),
    SD_BUS_METHOD_WITH_NAMES("Describe", "", "", "s", SD_BUS_PARAM(json), describe, for_all),
    SD_BUS_PROPERTY("Name", "s", property<&ConnectionView::name>, 0, constant),
    SD_BUS_PROPERTY("Id", "u", property<&ConnectionView::id>, 0, changing),
    SD_BUS_PROPERTY("State", "s", property<&ConnectionView::state>, 0, changing),
    SD_BUS_PROPERTY("Since", "t", property<&ConnectionView::since>, 0, changing),
    SD_BUS_PROPERTY("InSync", "b", property<&ConnectionView::in_sync>, 0, changing),
    SD_BUS_PROPERTY("Start", "s", property<&ConnectionView::start>, 0, changing),
    SD_BUS_PROPERTY("Interface", "s", property<&ConnectionView::interface>, 0, changing),
    SD_BUS_PROPERTY("Device", "s", property<&ConnectionView::device>, 0, changing),
    SD_BUS_PROPERTY("Mtu", "u", property<&ConnectionView::mtu>, 0, changing),
    SD_BUS_PROPERTY("Local", "s", property<&ConnectionView::local>, 0, changing),
    SD_BUS_PROPERTY("Peer", "s", property<&ConnectionView::peer>, 0, changing),
    SD_BUS_PROPERTY("LocalSubnets", "as", property<&ConnectionView::local_subnets>, 0, changing),
    SD_BUS_PROPERTY("RemoteSubnets", "as", property<&ConnectionView::remote_subnets>, 0, changing),
    SD_BUS_PROPERTY("Cause", "s", property<&ConnectionView::cause>, 0, changing),
    SD_BUS_PROPERTY("LastError", "s", property<&ConnectionView::last_error>, 0, changing),
    SD_BUS_PROPERTY("LastErrorTime", "t", property<&ConnectionView::last_error_time>, 0, changing),
    SD_BUS_VTABLE_END,
};

} // namespace

const sd_bus_vtable* connection_vtable()
{
    return vtable;
}

} // namespace linkspan::bus
