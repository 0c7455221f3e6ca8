#include "bus/view.h"

#include "bus/utf8.h"

#include <chrono>

namespace linkspan::bus {
namespace {

std::uint64_t epoch_seconds(WallTime time)
{
    return static_cast<std::uint64_t>(time.time_since_epoch().count());
}

ConnectionView view_of(const ConnectionReport& report)
{
    ConnectionView view{
        .name = to_utf8(report.name.value),
        .id = report.id.value,
        .state = std::string(name_of(report.state)),
        .since = epoch_seconds(report.since),
        .in_sync = report.unsynced.empty(),
        .start = report.start,
        .interface = report.interface,
        .device = to_utf8(report.device.value),
        .mtu = report.mtu,
        .local = report.local,
        .peer = report.peer,
        .local_subnets = report.local_subnets,
        .remote_subnets = report.remote_subnets,
    };
    if (report.cause) view.cause = report.cause->what + "; " + report.cause->advice;
    if (report.last_error) {
        view.last_error = to_utf8(report.last_error->what);
        view.last_error_time = epoch_seconds(report.last_error->when);
    }
    return view;
}

/// Collects the names of members that differ.
template <typename View>
struct Differences {
    const View& before;
    const View& after;
    std::vector<std::string> names = {};

    template <typename Member>
    Differences& compare(const char* name, Member View::* member)
    {
        if (before.*member != after.*member) names.emplace_back(name);
        return *this;
    }
};

std::vector<std::string> differences(const GatewayView& before, const GatewayView& after)
{
    return Differences<GatewayView>{before, after}
        .compare("Name", &GatewayView::name)
        .compare("InSync", &GatewayView::in_sync)
        .compare("ConfigError", &GatewayView::config_error)
        .compare("IkeConnected", &GatewayView::ike_connected)
        .names;
}

std::vector<std::string> differences(const ConnectionView& before, const ConnectionView& after)
{
    return Differences<ConnectionView>{before, after}
        .compare("Id", &ConnectionView::id)
        .compare("State", &ConnectionView::state)
        .compare("Since", &ConnectionView::since)
        .compare("InSync", &ConnectionView::in_sync)
        .compare("Start", &ConnectionView::start)
        .compare("Interface", &ConnectionView::interface)
        .compare("Device", &ConnectionView::device)
        .compare("Mtu", &ConnectionView::mtu)
        .compare("Local", &ConnectionView::local)
        .compare("Peer", &ConnectionView::peer)
        .compare("LocalSubnets", &ConnectionView::local_subnets)
        .compare("RemoteSubnets", &ConnectionView::remote_subnets)
        .compare("Cause", &ConnectionView::cause)
        .compare("LastError", &ConnectionView::last_error)
        .compare("LastErrorTime", &ConnectionView::last_error_time)
        .names;
}

} // namespace

View view_of(const GatewayReport& report)
{
    View view{.gateway = {
                  .name = to_utf8(report.name),
                  .version = report.version,
                  .in_sync = report.in_sync,
                  .config_error = to_utf8(report.config_error),
                  .ike_connected = report.ike.connected,
              }};
    for (const ConnectionReport& connection : report.connections) {
        ConnectionView shown = view_of(connection);
        std::string name = shown.name;
        view.connections.emplace(std::move(name), std::move(shown));
    }
    return view;
}

Changes diff(const View& before, const View& after)
{
    Changes changes{.gateway = differences(before.gateway, after.gateway)};
    for (const auto& [name, connection] : before.connections)
        if (!after.connections.contains(name)) changes.removed.push_back(name);
    for (const auto& [name, connection] : after.connections) {
        const auto old = before.connections.find(name);
        if (old == before.connections.end())
            changes.added.push_back(name);
        else if (auto names = differences(old->second, connection); !names.empty())
            changes.changed.emplace(name, std::move(names));
    }
    return changes;
}

} // namespace linkspan::bus
