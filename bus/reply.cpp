#include "bus/reply.h"

#include "bus/utf8.h"

namespace linkspan::bus {

int append(sd_bus_message* reply, const std::string& value)
{
    return sd_bus_message_append_basic(reply, SD_BUS_TYPE_STRING, value.c_str());
}

int append(sd_bus_message* reply, std::uint32_t value)
{
    return sd_bus_message_append_basic(reply, SD_BUS_TYPE_UINT32, &value);
}

int append(sd_bus_message* reply, std::uint64_t value)
{
    return sd_bus_message_append_basic(reply, SD_BUS_TYPE_UINT64, &value);
}

int append(sd_bus_message* reply, bool value)
{
    const int flag = value; // sd-bus reads a boolean through an int pointer
    return sd_bus_message_append_basic(reply, SD_BUS_TYPE_BOOLEAN, &flag);
}

int append(sd_bus_message* reply, const std::vector<std::string>& values)
{
    int r = sd_bus_message_open_container(reply, SD_BUS_TYPE_ARRAY, "s");
    for (const std::string& value : values)
        if (r >= 0) r = append(reply, value);
    return r < 0 ? r : sd_bus_message_close_container(reply);
}

Result<std::string> text_argument(sd_bus_message* call)
{
    const char* text = nullptr;
    if (int r = sd_bus_message_read_basic(call, SD_BUS_TYPE_STRING, &text); r < 0)
        return sys_error(-r, "the call's argument cannot be read");
    return text;
}

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

int refuse(sd_bus_error* error, const Error& failed)
{
    return sd_bus_error_set(error, bus_error_name(failed.kind), to_utf8(failed.what).c_str());
}

int reply(sd_bus_message* call, sd_bus_error* error, const Result<>& result)
{
    return result ? sd_bus_reply_method_return(call, "") : refuse(error, result.error());
}

int reply(sd_bus_message* call, sd_bus_error* error, const Result<std::string>& result)
{
    return result ? sd_bus_reply_method_return(call, "s", result->c_str()) : refuse(error, result.error());
}

} // namespace linkspan::bus
