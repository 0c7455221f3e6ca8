#pragma once

#include "agent/reconciler.h"
#include "tests/fake/world.h"

#include <gtest/gtest.h>

namespace linkspan::agent {

inline IpAddress ip(const char* text)
{
    return IpAddress::parse(text).value();
}

inline config::Connection connection(const std::string& name, const std::string& subnet)
{
    config::Connection c{.name = {name}, .id = id_of_name(name), .interface = config::Interface::Xfrm};
    c.device = {"ls-" + name};
    c.peer = ip("198.51.100.7");
    c.remote_id = name + ".example"; // one peer, told apart by its identities
    c.remote_subnets = {IpPrefix::parse(subnet).value()};
    c.tunnel_addresses = {IpInterface::parse("169.254.21.2/30").value()};
    c.esp_proposals = {Proposal{"aes256gcm16", {8, 16, 4}}};
    c.ike_proposals = {Proposal{"aes256gcm16-prfsha384-ecp384", {}}};
    return c;
}

/// A gateway with a world of its own and a clock that stands still until told.
class ReconcilerTest : public testing::Test {
protected:
    ReconcilerTest()
    {
        (*world_.kernel.links)[{"wan0"}] = {.index = {2}, .mtu = 1500, .up = true};
        world_.kernel.routes->foreign_addresses.push_back(
            {{"wan0"}, IpInterface::parse("203.0.113.10/24").value(), true, true});
    }

    void load(std::vector<config::Connection> connections)
    {
        config::Config config;
        config.gateway.uplink = {"wan0"};
        std::map<ConnectionName, SecretFact> secrets;
        for (const auto& c : connections) secrets[c.name].secret = psk_;
        config.connections = std::move(connections);
        reconciler_.load(std::move(config), std::move(secrets));
    }

    Outcome look() { return reconciler_.reconcile(all_rooms, true); }
    std::vector<bus::Unsynced> troubles() { return reconciler_.troubles().report(now_); }

    fake::World world_;
    Monotonic now_{std::chrono::hours{1}};
    WallTime wall_{std::chrono::seconds{1'000'000}};
    std::shared_ptr<const Secret> psk_ = std::make_shared<const Secret>("psk");
    Clock clock_{[this] { return now_; }, [this] { return wall_; }};
    Reconciler reconciler_{world_, clock_, {}};
};

} // namespace linkspan::agent
