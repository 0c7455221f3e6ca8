#pragma once

#include "ike/connection_spec.h"
#include "ike/sa_view.h"

#include <memory>

namespace linkspan::ike::test {

inline std::shared_ptr<const Secret> key(std::string_view text = "correct horse")
{
    return std::make_shared<const Secret>(text);
}

inline ConnectionSpec spec(std::string name = "azure-hub", std::string_view remote = "198.51.100.7")
{
    ConnectionSpec s;
    const TrafficSelector all{IpPrefix::any(Family::V4)};
    s.children = {{name, {id_of_name(name).value}, {all}, {all}}};
    s.name = {std::move(name)};
    s.local = *IpAddress::parse("203.0.113.10");
    s.remote = *IpAddress::parse(remote);
    s.local_id = s.local.text();
    s.remote_id = s.remote.text();
    s.ike_proposals = {Proposal{"aes256gcm16-prfsha384-ecp384"}};
    s.esp_proposals = {Proposal{"aes256gcm16-ecp384"}, Proposal{"aes256-sha256-modp2048"}};
    s.psk = key();
    return s;
}

/// The same with certificates, which are only bytes to this room.
inline ConnectionSpec x509_spec(std::string name = "azure-hub")
{
    auto s = spec(std::move(name));
    X509 x;
    x.certificate = "our certificate";
    x.intermediates = {"an intermediate"};
    x.ca = {"a CA", "another CA"};
    x.crls = {"a revocation list"};
    x.key = key("private");
    s.psk = {};
    s.x509 = std::make_shared<const X509>(std::move(x));
    return s;
}

/// An established IKE_SA of the connection, with one CHILD_SA that carries traffic.
inline IkeSa sa(const ConnectionSpec& of, std::uint64_t id, IkeState state = IkeState::Established)
{
    IkeSa ike;
    ike.connection = of.name;
    ike.unique_id = id;
    ike.state = state;
    ike.local = of.local;
    ike.remote = of.remote;
    if (state != IkeState::Connecting)
        for (const ChildSpec& child : of.children)
            ike.children.push_back({.name = child.name,
                                    .unique_id = id + 100 + ike.children.size(),
                                    .reqid = child.reqid,
                                    .state = ChildState::Installed});
    return ike;
}

} // namespace linkspan::ike::test
