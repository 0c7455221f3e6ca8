#pragma once

#include "base/error.h"
#include "base/ids.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace linkspan::service {

/// One line for the journal. Under systemd it is sent with fields (CONNECTION=, OBJECT=, ERRNO=, LINKSPAN_KIND=);
/// elsewhere it goes to standard error as text. Never carries a secret: there is no way to put one in.
struct Entry {
    enum class Level { Error = 3, Warning = 4, Notice = 5, Info = 6, Debug = 7 }; ///< syslog's numbers
    Level level = Level::Info;
    std::string message = {};
    ConnectionName connection = {};
    std::string object = {};
    int sys = 0;                                                  ///< errno, or 0
    std::vector<std::pair<std::string, std::string>> fields = {}; ///< more of the journal's, by their names
};

void log(const Entry& entry);
void log(Entry::Level level, std::string message);

/// Tells systemd what the service is doing ("READY=1", "RELOADING=1", "STATUS=..."); nothing without systemd.
void notify_systemd(const std::string& state);

} // namespace linkspan::service
