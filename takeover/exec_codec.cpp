#include "takeover/exec_codec.h"

namespace linkspan::takeover {

std::vector<std::string> arguments_of(const ExecSpec& spec, const Request& request)
{
    return {spec.command, std::string{word_of(request.verb)}, std::to_string(request.epoch.value)};
}

std::vector<std::string> environment_of(const ExecSpec& spec, const Request& request, std::uint32_t attempt)
{
    std::string addresses;
    for (const auto& address : spec.addresses) addresses += (addresses.empty() ? "" : " ") + address;
    return {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG=C.UTF-8",
            std::string{"LINKSPAN_ROLE="} + (request.verb == Verb::Take ? "active" : "standby"),
            "LINKSPAN_EPOCH=" + std::to_string(request.epoch.value),
            "LINKSPAN_ADDRESSES=" + addresses,
            "LINKSPAN_GATEWAY=" + spec.gateway,
            "LINKSPAN_ATTEMPT=" + std::to_string(attempt)};
}

} // namespace linkspan::takeover
