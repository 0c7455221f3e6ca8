#pragma once

#include "base/fd.h"
#include "bus/objects.h"
#include "service/loop.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

extern "C" {
sd_bus* sd_bus_close_unref(sd_bus* bus);
}

namespace linkspan::bus {

inline constexpr const char* private_socket = "/run/linkspan/private";

/// The agent's door: D-Bus to clients of a private socket, and on the system bus where there is one. An adapter to
/// Control: it owns its connections, decides nothing, and lives on the loop's thread. Does not move: sd-bus holds
/// its address.
class Bus {
public:
    /// Both outlive the bus.
    Bus(Control& control, service::Loop& loop);
    ~Bus();
    Bus(const Bus&) = delete;
    Bus& operator=(const Bus&) = delete;

    /// Serves root on a private socket, made at `path` and removed with the bus. Exists: another agent is there.
    [[nodiscard]] Result<> serve(const std::string& path = private_socket);

    /// Joins the system bus under `bus_name`. An Error is news (no bus in a container), not a fault. The rest happens
    /// in the loop: `lost` is called once if the bus refuses the name or goes away; joining again is then allowed.
    [[nodiscard]] Result<> join_system_bus(std::function<void(const Error&)> lost);
    [[nodiscard]] bool on_system_bus() const { return system_ != nullptr; }

    /// Shows this report from now on and tells the listeners what changed. The first one, published before `serve`
    /// and `join_system_bus`, reaches nobody and so costs nothing.
    void publish(const GatewayReport& report);

    /// Called by the connections.
    void client_ready(sd_bus* client);
    void client_gone(sd_bus* client);
    void system_bus_gone(const Error& why);

private:
    using Connection = Handle<sd_bus, sd_bus_close_unref>;
    struct Client {
        Connection bus = {};
        service::Loop::Source first_read = {};
        bool greeted = false; ///< it has said who it is, as D-Bus wants it
    };

    void accept_client();
    [[nodiscard]] bool make_room();
    [[nodiscard]] Result<Connection> start_client(Fd peer);

    Context context_;
    service::Loop& loop_;
    std::string path_ = {};
    Fd listening_ = {};
    service::Loop::Source accepting_ = {};
    std::vector<Client> clients_ = {};
    Connection system_ = {};
    std::function<void(const Error&)> lost_ = {};
};

} // namespace linkspan::bus
