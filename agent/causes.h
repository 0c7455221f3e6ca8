#pragma once

#include "base/clock.h"
#include "base/ids.h"
#include "config/config.h"
#include "ike/diagnosis.h"

#include <functional>
#include <map>
#include <optional>

namespace linkspan::agent {

/// Why a connection did not come up, as charon told last, and when.
struct KnownCause {
    ike::Cause cause = {};
    WallTime when = {};
};

/// At most one cause a connection, until it is up.
class Causes {
public:
    /// Takes a finding for the connection it belongs to: the one charon names, else the only one with that peer. Another
    /// cause that tells less does not replace a fresh one: two ends that try in turn fail in different words. The
    /// connection, where something new is known about it.
    std::optional<ConnectionName> add(const ike::Finding& finding, const config::Config& config, WallTime now);
    /// Forgets the connections that are `over`: up, or no more.
    void forget(const std::function<bool(const ConnectionName&)>& over);
    void clear() { causes_.clear(); }
    [[nodiscard]] const KnownCause* find(const ConnectionName& connection) const;

private:
    std::map<ConnectionName, KnownCause> causes_;
};

} // namespace linkspan::agent
