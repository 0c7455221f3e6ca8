#pragma once

#include "bus/report.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace linkspan::bus {

/// What the bus shows as properties: the last published report, reduced to what has a type on the bus. Getters and
/// change signals read this, never the agent, so what a signal says and what a property says cannot differ.
/// All text is UTF-8. Times are seconds since the epoch, 0 = never.

struct GatewayView {
    std::string name = {};
    std::string version = {};
    bool in_sync = false;
    std::string config_error = {};
    bool ike_connected = false;
    bool operator==(const GatewayView&) const = default;
};

struct ConnectionView {
    std::string name = {};
    std::uint32_t id = 0;
    std::string state = {};
    std::uint64_t since = 0;
    bool in_sync = false;
    std::string start = {};
    std::string interface = {};
    std::string device = {};
    std::uint32_t mtu = 0;
    std::string local = {};
    std::string peer = {};
    std::vector<std::string> local_subnets = {};
    std::vector<std::string> remote_subnets = {};
    std::string cause = {};
    std::string last_error = {};
    std::uint64_t last_error_time = 0;
    bool operator==(const ConnectionView&) const = default;
};

struct View {
    GatewayView gateway = {};
    std::map<std::string, ConnectionView, std::less<>> connections = {}; ///< by name
    bool operator==(const View&) const = default;
};

[[nodiscard]] View view_of(const GatewayReport& report);

/// What to tell the listeners. Property names are those of the bus interfaces.
struct Changes {
    std::vector<std::string> gateway = {}; ///< properties of the gateway object
    std::vector<std::string> added = {};   ///< connections by name
    std::vector<std::string> removed = {};
    std::map<std::string, std::vector<std::string>> changed = {}; ///< connection -> properties
    bool operator==(const Changes&) const = default;
    [[nodiscard]] bool empty() const { return *this == Changes{}; }
};

[[nodiscard]] Changes diff(const View& before, const View& after);

} // namespace linkspan::bus
