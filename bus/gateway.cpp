#include "base/suggest.h"
#include "bus/objects.h"
#include "bus/pair_json.h"
#include "bus/reply.h"

#include <algorithm>

namespace linkspan::bus {
namespace {

Context& context_of(void* userdata)
{
    return *static_cast<Context*>(userdata);
}

template <auto Member>
int property(sd_bus*, const char*, const char*, const char*, sd_bus_message* message, void* userdata,
             sd_bus_error*) noexcept
{
    return append(message, context_of(userdata).view.gateway.*Member);
}

Result<ConnectionReport> describe(const GatewayReport& gateway, const std::string& name)
{
    const auto& all = gateway.connections;
    const auto found = std::ranges::find(all, ConnectionName{name}, &ConnectionReport::name);
    if (found != all.end()) return *found;
    std::vector<std::string_view> names;
    for (const ConnectionReport& connection : all) names.push_back(connection.name.value);
    std::string what = "there is no connection \"" + name + '"';
    if (const auto near = suggest(name, names)) what += "; did you mean \"" + std::string(*near) + "\"?";
    return failure(Kind::NotFound, std::move(what));
}

int plan(sd_bus_message* call, void* userdata, sd_bus_error* error) noexcept
{
    const auto file = text_argument(call);
    if (!file) return refuse(error, file.error());
    return reply(call, error, json_of(context_of(userdata).control.plan(*file)));
}

int apply(sd_bus_message* call, void* userdata, sd_bus_error* error) noexcept
{
    return reply(call, error, json_of(context_of(userdata).control.apply()));
}

int reload(sd_bus_message* call, void* userdata, sd_bus_error* error) noexcept
{
    return reply(call, error, context_of(userdata).control.reload());
}

template <auto Verb>
int by_name(sd_bus_message* call, void* userdata, sd_bus_error* error) noexcept
{
    const auto name = text_argument(call);
    if (!name) return refuse(error, name.error());
    return reply(call, error, (context_of(userdata).control.*Verb)(ConnectionName{*name}));
}

int egress_learned(sd_bus_message* call, void* userdata, sd_bus_error* error) noexcept
{
    const auto filter = text_argument(call);
    if (!filter) return refuse(error, filter.error());
    return reply(call, error, json_of(context_of(userdata).control.egress_learned(*filter)));
}

int egress_why(sd_bus_message* call, void* userdata, sd_bus_error* error) noexcept
{
    const char *source = nullptr, *target = nullptr, *protocol = nullptr;
    std::uint16_t port = 0;
    if (const int read = sd_bus_message_read(call, "sssq", &source, &target, &protocol, &port); read < 0) return read;
    return reply(call, error, json_of(context_of(userdata).control.egress_why({source, target, protocol, port})));
}

int egress_discovered(sd_bus_message* call, void* userdata, sd_bus_error* error) noexcept
{
    return reply(call, error, json_of(context_of(userdata).control.egress_discovered()));
}

int describe_gateway(sd_bus_message* call, void* userdata, sd_bus_error* error) noexcept
{
    return reply(call, error, Result<std::string>(to_json(context_of(userdata).control.status())));
}

int describe_connection(sd_bus_message* call, void* userdata, sd_bus_error* error) noexcept
{
    const auto name = text_argument(call);
    if (!name) return refuse(error, name.error());
    return reply(call, error, json_of(describe(context_of(userdata).control.status(), *name)));
}

int describe_pair(sd_bus_message* call, void* userdata, sd_bus_error* error) noexcept
{
    return reply(call, error, json_of(context_of(userdata).control.pair()));
}

int order_pair(sd_bus_message* call, void* userdata, sd_bus_error* error) noexcept
{
    const auto order = text_argument(call);
    if (!order) return refuse(error, order.error());
    return reply(call, error, context_of(userdata).control.order_pair(*order));
}

constexpr auto constant = SD_BUS_VTABLE_PROPERTY_CONST;
constexpr auto changing = SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE;
constexpr auto for_all = SD_BUS_VTABLE_UNPRIVILEGED;

const sd_bus_vtable vtable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD_WITH_NAMES("Plan", "s", SD_BUS_PARAM(file), "s", SD_BUS_PARAM(json), plan, 0),
    SD_BUS_METHOD_WITH_NAMES("Apply", "", "", "s", SD_BUS_PARAM(json), apply, 0),
    SD_BUS_METHOD("Reload", "", "", reload, 0),
    SD_BUS_METHOD_WITH_NAMES("Up", "s", SD_BUS_PARAM(connection), "", "", by_name<&Control::up>, 0),
    SD_BUS_METHOD_WITH_NAMES("Restart", "s", SD_BUS_PARAM(connection), "", "", by_name<&Control::restart>, 0),
    SD_BUS_METHOD_WITH_NAMES("Down", "s", SD_BUS_PARAM(connection), "", "", by_name<&Control::down>, 0),
    SD_BUS_METHOD_WITH_NAMES("Describe", "", "", "s", SD_BUS_PARAM(json), describe_gateway, for_all),
    SD_BUS_METHOD_WITH_NAMES("DescribeConnection", "s", SD_BUS_PARAM(connection), "s", SD_BUS_PARAM(json),
                             describe_connection, for_all),
    SD_BUS_METHOD_WITH_NAMES("EgressLearned", "s", SD_BUS_PARAM(filter), "s", SD_BUS_PARAM(json), egress_learned, 0),
    SD_BUS_METHOD_WITH_NAMES("EgressWhy", "sssq",
                             SD_BUS_PARAM(source) SD_BUS_PARAM(target) SD_BUS_PARAM(protocol) SD_BUS_PARAM(port), "s",
                             SD_BUS_PARAM(json), egress_why, 0),
    SD_BUS_METHOD_WITH_NAMES("EgressDiscovered", "", "", "s", SD_BUS_PARAM(json), egress_discovered, 0),
    SD_BUS_METHOD_WITH_NAMES("DescribePair", "", "", "s", SD_BUS_PARAM(json), describe_pair, for_all),
    SD_BUS_METHOD_WITH_NAMES("OrderPair", "s", SD_BUS_PARAM(order), "", "", order_pair, 0),
    SD_BUS_PROPERTY("Name", "s", property<&GatewayView::name>, 0, changing),
    SD_BUS_PROPERTY("Version", "s", property<&GatewayView::version>, 0, constant),
    SD_BUS_PROPERTY("InSync", "b", property<&GatewayView::in_sync>, 0, changing),
    SD_BUS_PROPERTY("ConfigError", "s", property<&GatewayView::config_error>, 0, changing),
    SD_BUS_PROPERTY("IkeConnected", "b", property<&GatewayView::ike_connected>, 0, changing),
    SD_BUS_VTABLE_END,
};

} // namespace

const sd_bus_vtable* gateway_vtable()
{
    return vtable;
}

} // namespace linkspan::bus
