#include "config/check.h"
#include "config/check_egress.h"
#include "config/reader.h"

#include <algorithm>
#include <map>

namespace linkspan::config {
namespace {

void fault(const HaDraft& draft, const Span& at, std::string message, std::string help, Diagnostics& diagnostics)
{
    add_error(diagnostics, {draft.file, at.line, at.column}, at.length, std::move(message), std::move(help));
}

/// How this gateway finds the other one, and itself.
void check_paths(const HaDraft& draft, Diagnostics& diagnostics)
{
    if (draft.has_peer && (draft.has_first || draft.has_second))
        return fault(draft, draft.header, "[ha] names the gateways twice: by `first` and `second`, and by `peer`",
                     "keep `first` and `second`: the same file then serves both gateways", diagnostics);
    if (draft.has_peer && draft.node.line == 0)
        return fault(
            draft, draft.header, "`peer` alone does not say which of the two this gateway is",
            "write `first` and `second` in place of it, the same on both; or add `node = \"first\"`, and `node = "
            "\"second\"` in the other's file",
            diagnostics);
    if (!draft.has_peer && (!draft.has_first || !draft.has_second))
        return fault(draft, draft.header, "[ha] does not say where the two gateways hear each other",
                     "add `first = \"10.255.0.1\"` and `second = \"10.255.0.2\"`, the heartbeat addresses of the two",
                     diagnostics);
    if (draft.first.size() != draft.second.size() && !draft.has_peer && !draft.first.empty() && !draft.second.empty())
        fault(draft, draft.second.back().span, "`first` and `second` have different numbers of addresses",
              "give one of each for every path, in the same order", diagnostics);
}

void check_path_addresses(const HaDraft& draft, Diagnostics& diagnostics)
{
    std::map<IpAddress, Span> seen;
    for (const auto* list : {&draft.first, &draft.second, &draft.peer})
        for (const auto& address : *list) {
            if (!seen.emplace(address.value, address.span).second)
                fault(draft, address.span, address.value.text() + " is given twice",
                      "each gateway has an address of its own on each path", diagnostics);
            const auto is_same = [&](const SharedAddress& a) { return a.address.address == address.value; };
            if (std::ranges::any_of(draft.ha.addresses, is_same))
                fault(draft, address.span,
                      "heartbeats go by " + address.value.text() + ", which moves between the gateways",
                      "give an address that stays with its gateway", diagnostics);
        }
    for (std::size_t i = 0; i < std::min(draft.first.size(), draft.second.size()); ++i)
        if (draft.first[i].value.family != draft.second[i].value.family)
            fault(draft, draft.second[i].span, "the two ends of a path are of different families",
                  "give two IPv4 or two IPv6 addresses", diagnostics);
}

void check_shared(const Draft& whole, const HaDraft& draft, Diagnostics& diagnostics)
{
    for (std::size_t i = 0; i < draft.addresses.size(); ++i) {
        const auto& shared = draft.ha.addresses[i];
        for (std::size_t j = 0; j < i; ++j)
            if (draft.ha.addresses[j].address.address == shared.address.address)
                fault(draft, draft.addresses[i], "`addresses` names " + shared.address.address.text() + " twice",
                      "remove one of them", diagnostics);
        if (!whole.gateway || whole.gateway->uplink.value.value.empty()) continue;
        const auto& lan = whole.gateway->lan;
        const bool is_known = shared.link == whole.gateway->uplink.value ||
                              std::ranges::any_of(lan, [&](const auto& l) { return l.value == shared.link; });
        if (!is_known)
            fault(draft, draft.addresses[i],
                  "`addresses`: " + in_quotes(shared.link.value) + " is neither the uplink nor in `lan`",
                  "name an interface of [gateway], or add this one to `lan`", diagnostics);
    }
    if (draft.addresses.empty() || !whole.gateway || whole.gateway->uplink.value.value.empty()) return;
    const auto on_uplink = [&](const SharedAddress& a) { return a.link == whole.gateway->uplink.value; };
    if (draft.ha.takeover == Takeover::Arp && std::ranges::none_of(draft.ha.addresses, on_uplink))
        fault(draft, draft.addresses.front(),
              "no address on the uplink is shared, so the peers would lose their tunnels",
              "add the public address, like \"203.0.113.10/24@wan0\"", diagnostics);
}

bool is_shared(const HaDraft& draft, const IpAddress& address)
{
    return std::ranges::any_of(draft.ha.addresses, [&](const auto& a) { return a.address.address == address; });
}

/// Peers know the gateway by the shared address; a connection from another one would end with its gateway.
void check_ends(const Draft& whole, const HaDraft& draft, Diagnostics& diagnostics)
{
    if (draft.addresses.empty()) return;
    if (whole.gateway)
        for (const auto& address : whole.gateway->addresses)
            if (!is_shared(draft, address.value))
                add_error(diagnostics, {whole.gateway->file, address.span.line, address.span.column},
                          address.span.length, address.value.text() + " is not shared by the two gateways",
                          "tunnels end at an address of [ha] `addresses`: name it there, or here one of those");
    for (const auto& connection : whole.connections)
        if (connection.local_address.line != 0 && connection.connection.local_address &&
            !is_shared(draft, *connection.connection.local_address))
            add_error(diagnostics, connection, connection.local_address,
                      connection.connection.local_address->text() + " is not shared by the two gateways",
                      "a tunnel that is to survive ends at an address of [ha] `addresses`");
}

/// What leaves with an address that does not move ends with its gateway. Masquerade may be right: where the uplink has no address
/// but the shared one.
void check_translation(const Draft& whole, const HaDraft& draft, Diagnostics& diagnostics)
{
    if (!whole.egress || draft.addresses.empty()) return;
    const auto& egress = *whole.egress;
    for (std::size_t i = 0; i < egress.nat_addresses.size(); ++i)
        if (!is_shared(draft, egress.egress.nat_addresses[i]))
            add_error(diagnostics, {egress.file, egress.nat_addresses[i]},
                      egress.egress.nat_addresses[i].text() + " is not shared by the two gateways",
                      "hosts leave by an address of [ha] `addresses`: name it there, or here one of those");
    if (egress.egress.nat == EgressNat::Masquerade)
        add_warning(diagnostics, {egress.file, egress.nat},
                    "beside [ha], what leaves by the uplink's own address breaks off when the other gateway takes over",
                    "leave by the shared address: `nat = \"" + draft.ha.addresses.front().address.address.text() +
                        "\"`");
}

/// charon's ha plugin calls its own IKE_SA so.
void check_name(const Draft& whole, Diagnostics& diagnostics)
{
    for (const auto& connection : whole.connections)
        if (connection.connection.name.value == "ha")
            add_error(diagnostics, connection, connection.name, "beside [ha] no connection can be named \"ha\"",
                      "the IKE daemon calls the copying between the gateways so; give another name");
}

struct Driver {
    Takeover takeover;
    const Span& table;
    std::string_view word;
};

void check_takeover(const HaDraft& draft, Diagnostics& diagnostics)
{
    for (const auto& driver : {Driver{Takeover::Exec, draft.exec, "exec"}, Driver{Takeover::Aws, draft.aws, "aws"},
                               Driver{Takeover::Azure, draft.azure, "azure"}}) {
        const auto word = std::string{driver.word};
        if (draft.ha.takeover == driver.takeover && driver.table.line == 0)
            fault(draft, draft.takeover, "`takeover = \"" + word + "\"` without a table `[ha." + word + "]`",
                  "add `[ha." + word + "]`; linkspan.toml(5) has its keys", diagnostics);
        if (draft.ha.takeover != driver.takeover && driver.table.line != 0)
            fault(draft, driver.table, "`[ha." + word + "]` means nothing without `takeover = \"" + word + "\"`",
                  "write that, or remove the table", diagnostics);
    }
    const auto& aws = draft.ha.aws;
    if (draft.aws.line != 0 && aws.route_tables.empty() != aws.routes.empty())
        fault(draft, draft.aws, "`route_tables` and `routes` belong together",
              "say in which tables, and which of their routes lead to the active gateway", diagnostics);
    const auto& azure = draft.ha.azure;
    if (draft.azure.line != 0 && azure.route_tables.empty() != azure.routes.empty())
        fault(draft, draft.azure, "`route_tables` and `routes` belong together",
              "say in which tables, and which of their routes lead to the active gateway", diagnostics);
}

void check_arbiter(const HaDraft& draft, Diagnostics& diagnostics)
{
    const auto& ha = draft.ha;
    if (ha.arbiter == Arbiter::Etcd && draft.etcd.line == 0)
        fault(draft, draft.arbiter, "`arbiter = \"etcd\"` without a table `[ha.etcd]`",
              "add `etcd = { endpoints = [\"https://etcd.example.org:2379\"] }`", diagnostics);
    if (ha.arbiter != Arbiter::Etcd && draft.etcd.line != 0)
        fault(draft, draft.etcd, "`[ha.etcd]` means nothing without `arbiter = \"etcd\"`",
              "write that, or remove the table", diagnostics);
    if (ha.arbiter == Arbiter::Cloud && ha.takeover != Takeover::Aws && ha.takeover != Takeover::Azure)
        fault(draft, draft.arbiter, "`arbiter = \"cloud\"` needs a cloud: `takeover` is neither \"aws\" nor \"azure\"",
              "write `arbiter = \"etcd\"`, or \"none\"", diagnostics);
    if (ha.arbiter == Arbiter::Cloud && ha.takeover == Takeover::Aws && ha.aws.table.empty())
        fault(draft, draft.arbiter, "`arbiter = \"cloud\"` on AWS needs a DynamoDB table for the epoch",
              "create one and name it: `table = \"linkspan-ha\"` under `[ha.aws]`", diagnostics);
    if (ha.arbiter == Arbiter::Cloud && ha.takeover == Takeover::Azure && ha.azure.blob.empty())
        fault(draft, draft.arbiter, "`arbiter = \"cloud\"` on Azure needs a blob for the epoch",
              "create a container and name it: `blob = \"https://edgestore.blob.core.windows.net/linkspan\"` under "
              "`[ha.azure]`",
              diagnostics);
    if (draft.etcd.line != 0 && ha.etcd.certificate.path.empty() != ha.etcd.private_key.name.empty())
        fault(draft, draft.etcd, "`certificate` and `private_key` belong together", "name both, or neither",
              diagnostics);
}

/// The clouds' drivers move IPv4 addresses, and Azure's those of one interface.
void check_cloud_addresses(const HaDraft& draft, Diagnostics& diagnostics)
{
    const bool is_azure = draft.ha.takeover == Takeover::Azure;
    if (draft.ha.takeover != Takeover::Aws && !is_azure) return;
    const auto cloud = std::string{is_azure ? "Azure" : "AWS"};
    for (std::size_t i = 0; i < draft.addresses.size(); ++i) {
        const auto& [address, link] = draft.ha.addresses[i];
        if (address.address.family == Family::V6)
            fault(draft, draft.addresses[i], "linkspan moves no IPv6 addresses in " + cloud,
                  "share IPv4 addresses only; or move it by a hook, with `takeover = \"exec\"`", diagnostics);
        if (is_azure && link != draft.ha.addresses.front().link)
            fault(draft, draft.addresses[i], "in Azure the shared addresses are on one interface",
                  "lead the networks here by `route_tables` and `routes` in place of a shared address", diagnostics);
    }
}

void warn(const HaDraft& draft, const Span& at, std::string message, std::string help, Diagnostics& diagnostics)
{
    add_error(diagnostics, {draft.file, at.line, at.column}, at.length, std::move(message), std::move(help)).severity =
        Severity::Warning;
}

void check_habits(const HaDraft& draft, Diagnostics& diagnostics)
{
    const auto unasked = [&](const Span& table, const std::string& key) {
        warn(draft, table, "`" + key + "` means nothing without `arbiter = \"cloud\"`",
             "write that; without an arbiter, two gateways that do not hear each other are both active", diagnostics);
    };
    if (draft.ha.arbiter != Arbiter::Cloud && !draft.ha.aws.table.empty()) unasked(draft.aws, "table");
    if (draft.ha.arbiter != Arbiter::Cloud && !draft.ha.azure.blob.empty()) unasked(draft.azure, "blob");
    if (draft.preferred.line != 0 && !draft.ha.preempt)
        warn(draft, draft.preferred, "`preferred` means nothing without `preempt = true`",
             "leave it out: whoever carries goes on, and nothing fails back by itself", diagnostics);
}

} // namespace

void check_ha(const Draft& whole, Diagnostics& diagnostics)
{
    if (!whole.ha) return;
    const auto& draft = *whole.ha;
    check_paths(draft, diagnostics);
    check_path_addresses(draft, diagnostics);
    check_shared(whole, draft, diagnostics);
    check_ends(whole, draft, diagnostics);
    check_translation(whole, draft, diagnostics);
    check_name(whole, diagnostics);
    check_takeover(draft, diagnostics);
    check_arbiter(draft, diagnostics);
    check_cloud_addresses(draft, diagnostics);
    check_habits(draft, diagnostics);
}

} // namespace linkspan::config
