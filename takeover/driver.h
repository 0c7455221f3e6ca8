#pragma once

#include "takeover/request.h"

#include <vector>

namespace linkspan::takeover {

/// Moves the pair's addresses outside of this machine. Nothing here waits: whoever runs it watches `descriptor` and calls
/// `process` whenever that is readable. Requests may be repeated, and are then answered again; one that is older than
/// what was asked before is answered with Superseded.
class Driver {
public:
    Driver() = default;
    virtual ~Driver() = default;
    Driver(const Driver&) = delete;
    Driver& operator=(const Driver&) = delete;

    /// Readable while there is something to do, timers included. Stays the same and open as long as the driver.
    [[nodiscard]] virtual int descriptor() const = 0;
    virtual void ask(const Request& request) = 0;
    /// Does what is due and hands out what was found since, `ask` included: call it after `ask`, too.
    [[nodiscard]] virtual std::vector<Report> process() = 0;
};

} // namespace linkspan::takeover
