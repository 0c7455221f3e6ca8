#include "agent/bus_error.h"

namespace linkspan::agent {

const char* bus_error_name(Kind kind)
{
    switch (kind) {
    case Kind::Bug: return "org.linkspan.Error.Bug";
    case Kind::Config: return "org.linkspan.Error.Config";
    case Kind::NotFound: return "org.linkspan.Error.NotFound";
    case Kind::Exists: return "org.linkspan.Error.Exists";
    case Kind::Busy: return "org.linkspan.Error.Busy";
    case Kind::Permission: return "org.linkspan.Error.Permission";
    case Kind::Unsupported: return "org.linkspan.Error.Unsupported";
    case Kind::Kernel: return "org.linkspan.Error.Kernel";
    case Kind::Protocol: return "org.linkspan.Error.Protocol";
    case Kind::Timeout: return "org.linkspan.Error.Timeout";
    case Kind::Overrun: return "org.linkspan.Error.Overrun";
    case Kind::Disconnected: return "org.linkspan.Error.Disconnected";
    case Kind::Foreign: return "org.linkspan.Error.Foreign";
    }
    return "org.linkspan.Error.Bug";
}

} // namespace linkspan::agent
