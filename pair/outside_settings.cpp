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

/// A question that nobody answers within the time of detection is given up by the core, which asks anew: before that every
/// endpoint has had its turn, and that none answered has been said.
takeover::BallotTiming ballot_of(const config::Ha& file, std::size_t endpoints)
{
    const auto budget = file.interval * file.lost * 3 / 4;
    return {.budget = budget, .attempt = budget / static_cast<int>(endpoints)};
}

void add_etcd(const config::EtcdArbiter& file, OutsideSpec& into)
{
    into.arbiter = takeover::EtcdSpec{file.endpoints, file.key};
    into.tls = {file.ca.path, file.certificate.path, file.private_key.name};
}

} // namespace

OutsideSpec outside_of(const config::Ha& file, std::string gateway)
{
    OutsideSpec spec;
    if (file.takeover == config::Takeover::Exec) spec.mover = exec_of(file, std::move(gateway));
    if (file.arbiter == config::Arbiter::Etcd) {
        add_etcd(file.etcd, spec);
        spec.ballot = ballot_of(file, file.etcd.endpoints.size());
    }
    return spec;
}

std::string_view mover_of(const OutsideSpec& spec)
{
    return std::holds_alternative<takeover::ExecSpec>(spec.mover) ? "exec" : "";
}

std::string_view arbiter_of(const OutsideSpec& spec)
{
    return std::holds_alternative<takeover::EtcdSpec>(spec.arbiter) ? "etcd" : "";
}

} // namespace linkspan::pair
