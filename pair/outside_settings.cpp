#include "pair/outside_settings.h"

#include <algorithm>
#include <array>
#include <utility>

namespace linkspan::pair {
namespace {

takeover::ExecSpec exec_of(const config::Ha& file, std::string gateway)
{
    takeover::ExecSpec spec{.command = file.exec.command, .gateway = std::move(gateway), .limit = file.exec.timeout};
    for (const auto& address : file.addresses) spec.addresses.push_back(address.text());
    return spec;
}

Result<std::string> mac_of(const OwnLinks& links, const LinkName& name)
{
    const auto link = links.find(name);
    if (link == links.end() || link->second.mac.empty())
        return failure(Kind::Config, name.value + " has no hardware address by which the cloud would know it");
    return link->second.mac;
}

/// Elastic addresses stand for the shared ones, in their order; routes lead to the link of the last shared one.
Result<takeover::AwsSpec> aws_of(const config::Ha& file, const OwnLinks& links)
{
    takeover::AwsSpec spec{.region = file.aws.region, .endpoint = file.aws.endpoint};
    for (const auto& [address, link] : file.addresses) {
        auto mac = mac_of(links, link);
        TRY(mac);
        spec.addresses.push_back({address.address, std::move(*mac)});
    }
    for (std::size_t i = 0; i < file.aws.allocations.size(); ++i)
        if (i < spec.addresses.size())
            spec.elastic.push_back({file.aws.allocations[i], spec.addresses[i].mac, spec.addresses[i].address});
        else
            spec.elastic.push_back({file.aws.allocations[i], spec.addresses.front().mac, {}});
    for (const auto& table : file.aws.route_tables)
        for (const auto& prefix : file.aws.routes) spec.routes.push_back({table, prefix, spec.addresses.back().mac});
    return spec;
}

/// The gateway's own address on the link: routes lead there.
Result<IpAddress> next_hop_of(const config::Ha& file, const OwnLink& link, const LinkName& name)
{
    const auto is_own = [&](const IpAddress& own) {
        const auto is_it = [&](const config::SharedAddress& shared) { return shared.address.address == own; };
        return own.family == Family::V4 && std::ranges::none_of(file.addresses, is_it);
    };
    const auto own = std::ranges::find_if(link.addresses, is_own);
    if (own == link.addresses.end())
        return failure(Kind::Config, name.value + " has no address of its own that Azure's routes could lead to");
    return *own;
}

Result<takeover::AzureSpec> azure_of(const config::Ha& file, const OwnLinks& links)
{
    const auto& name = file.addresses.front().link;
    auto mac = mac_of(links, name);
    TRY(mac);
    takeover::AzureSpec spec{.subscription = file.azure.subscription,
                             .resource_group = file.azure.resource_group,
                             .mac = std::move(*mac),
                             .public_address = file.azure.public_address};
    if (!file.azure.endpoint.empty()) spec.endpoint = file.azure.endpoint;
    for (const auto& shared : file.addresses) spec.addresses.push_back(shared.address.address);
    if (file.azure.routes.empty()) return spec;
    const auto hop = next_hop_of(file, links.at(name), name);
    TRY(hop);
    for (const auto& table : file.azure.route_tables)
        for (const auto& prefix : file.azure.routes) spec.routes.push_back({table, prefix, *hop});
    return spec;
}

Result<> add_mover(const config::Ha& file, std::string gateway, const OwnLinks& links, OutsideSpec& into)
{
    switch (file.takeover) {
    case config::Takeover::Arp: return {};
    case config::Takeover::Exec: into.mover = exec_of(file, std::move(gateway)); return {};
    case config::Takeover::Aws: {
        auto aws = aws_of(file, links);
        TRY(aws);
        into.mover = std::move(*aws);
        return {};
    }
    case config::Takeover::Azure: {
        auto azure = azure_of(file, links);
        TRY(azure);
        into.mover = std::move(*azure);
        into.probe_port = file.azure.probe_port;
        return {};
    }
    }
    return {};
}

/// A question that nobody answers within the time of detection is given up by the core, which asks anew: before that every
/// endpoint has had its turn, and that none answered has been said.
takeover::BallotTiming ballot_of(const config::Ha& file, std::size_t endpoints)
{
    const auto budget = file.interval * file.lost * 3 / 4;
    return {.budget = budget, .attempt = budget / static_cast<int>(endpoints)};
}

/// The item's key is of this pair alone, and the same on both gateways.
takeover::DynamoDbSpec dynamodb_of(const config::Ha& file)
{
    const auto& aws = file.aws;
    return {.region = aws.region,
            .table = aws.table,
            .pair = aws.allocations.empty() ? file.addresses.front().address.text() : aws.allocations.front()};
}

/// A name of its own in a container that pairs may share.
takeover::BlobSpec blob_of(const config::Ha& file)
{
    const auto& azure = file.azure;
    const auto host = azure.blob.find("://") + 3;
    const auto path = std::min(azure.blob.find('/', host), azure.blob.size());
    takeover::BlobSpec spec{.origin = azure.blob.substr(0, path), .path = azure.blob.substr(path)};
    if (spec.path.rfind('/') > 0) return spec;
    const auto name =
        azure.public_address.empty() ? file.addresses.front().address.address.text() : azure.public_address;
    spec.path += '/' + takeover::percent_encoded(name);
    return spec;
}

void add_arbiter(const config::Ha& file, OutsideSpec& into)
{
    if (file.arbiter == config::Arbiter::None) return;
    into.ballot = ballot_of(file, 1);
    if (file.arbiter == config::Arbiter::Etcd) {
        into.ballot = ballot_of(file, file.etcd.endpoints.size());
        into.arbiter = takeover::EtcdSpec{file.etcd.endpoints, file.etcd.key};
        into.tls = {file.etcd.ca.path, file.etcd.certificate.path, file.etcd.private_key.name};
    } else if (file.takeover == config::Takeover::Azure) {
        into.arbiter = blob_of(file);
    } else {
        into.arbiter = dynamodb_of(file);
    }
}

} // namespace

Result<OutsideSpec> outside_of(const config::Ha& file, std::string gateway, const OwnLinks& links)
{
    OutsideSpec spec;
    TRY(add_mover(file, std::move(gateway), links, spec));
    add_arbiter(file, spec);
    return spec;
}

std::string_view mover_of(const OutsideSpec& spec)
{
    constexpr std::array<std::string_view, 4> words{"", "exec", "aws", "azure"};
    return words[spec.mover.index()];
}

std::string_view arbiter_of(const OutsideSpec& spec)
{
    constexpr std::array<std::string_view, 4> words{"", "etcd", "DynamoDB", "Azure Storage"};
    return words[spec.arbiter.index()];
}

} // namespace linkspan::pair
