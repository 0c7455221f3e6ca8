#pragma once

#include "base/error.h"
#include "bus/report_json.h"

#include <systemd/sd-bus.h>

#include <cstdint>
#include <string>
#include <vector>

namespace linkspan::bus {

/// Values into sd-bus messages. All answer what sd-bus does: negative errno, or 0 and more. Text must be UTF-8.

[[nodiscard]] int append(sd_bus_message* reply, const std::string& value);
[[nodiscard]] int append(sd_bus_message* reply, std::uint32_t value);
[[nodiscard]] int append(sd_bus_message* reply, std::uint64_t value);
[[nodiscard]] int append(sd_bus_message* reply, bool value);
[[nodiscard]] int append(sd_bus_message* reply, const std::vector<std::string>& values);

/// The one string argument of a call.
[[nodiscard]] Result<std::string> text_argument(sd_bus_message* call);

/// The D-Bus error name that a kind of failure has on the bus: "org.linkspan.Error.NotFound".
[[nodiscard]] const char* bus_error_name(Kind kind);

/// Turns a failure into the reply "org.linkspan.Error.<Kind>" with its text.
[[nodiscard]] int refuse(sd_bus_error* error, const Error& failed);

/// Replies with nothing, or with the failure.
[[nodiscard]] int reply(sd_bus_message* call, sd_bus_error* error, const Result<>& result);
/// Replies with one string, or with the failure.
[[nodiscard]] int reply(sd_bus_message* call, sd_bus_error* error, const Result<std::string>& result);

/// A report as JSON, or its failure.
template <typename Report>
[[nodiscard]] Result<std::string> json_of(const Result<Report>& report)
{
    if (!report) return std::unexpected(report.error());
    return to_json(*report);
}

} // namespace linkspan::bus
