#pragma once

#include "bus/report.h"
#include "netlink/socket.h"

namespace linkspan::agent {

/// Puts what the kernel's counters stand at into the reports of connections that `nat` maps. Where they cannot be read,
/// the reports have none.
void read_nat_counters(netlink::Socket& netfilter, bus::GatewayReport& report);

} // namespace linkspan::agent
