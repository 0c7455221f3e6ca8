#include "pair/outside_settings.h"

#include <utility>

namespace linkspan::pair {
namespace {

takeover::ExecSpec exec_of(const config::Ha& file, std::string gateway)
{
    takeover::ExecSpec spec{.command = file.exec.command, .gateway = std::move(gateway), .limit = file.exec.timeout};
    for (const auto& address : file.addresses) spec.addresses.push_back(address.text());
    return spec;
}

} // namespace

OutsideSpec outside_of(const config::Ha& file, std::string gateway)
{
    OutsideSpec spec;
    if (file.takeover == config::Takeover::Exec) spec.mover = exec_of(file, std::move(gateway));
    return spec;
}

std::string_view mover_of(const OutsideSpec& spec)
{
    return std::holds_alternative<takeover::ExecSpec>(spec.mover) ? "exec" : "";
}

} // namespace linkspan::pair
