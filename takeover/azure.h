#pragma once

#include "takeover/azure_metadata.h"
#include "takeover/azure_nics.h"
#include "takeover/azure_spec.h"
#include "takeover/cloud.h"

#include <map>
#include <optional>
#include <vector>

namespace linkspan::takeover {

/// Azure's Resource Manager, with a token of the machine's managed identity. Thing 0 is all addresses, which take one change
/// of an interface after the other; each route is a thing of its own.
class Azure final : public Cloud {
public:
    explicit Azure(AzureSpec spec);

    [[nodiscard]] std::size_t things() const override;
    [[nodiscard]] std::string name_of(std::size_t thing) const override;
    [[nodiscard]] bool is_essential(std::size_t) const override { return true; }
    [[nodiscard]] std::optional<HttpRequest> next_question(WallTime now) override;
    [[nodiscard]] Learnt answer(const HttpResponse& response, WallTime now) override;
    [[nodiscard]] bool is_ready(WallTime now) const override;
    [[nodiscard]] std::optional<HttpRequest> request(std::size_t thing, Call call, ha::Epoch epoch,
                                                     WallTime now) override;
    [[nodiscard]] Learnt learn(std::size_t thing, Call call, ha::Epoch epoch, const HttpResponse& response) override;

private:
    /// What was read of a thing, and the operation that a change began.
    struct Seen {
        std::optional<AzureNics> nics = {};
        std::optional<std::string> route = {}; ///< the route's name; empty = there is none
        std::string operation = {};            ///< path and query of what tells its progress
    };
    [[nodiscard]] bool moves_addresses() const { return !spec_.addresses.empty() || !spec_.public_address.empty(); }
    [[nodiscard]] const AzureRoute* route_of(std::size_t thing) const;
    [[nodiscard]] std::string group() const;
    [[nodiscard]] AzureAddresses addresses() const;
    [[nodiscard]] HttpRequest call_of(std::string method, std::string target) const;
    [[nodiscard]] std::optional<HttpRequest> change_addresses(Seen& seen, ha::Epoch epoch) const;
    [[nodiscard]] std::optional<HttpRequest> change_route(Seen& seen, const AzureRoute& route) const;
    [[nodiscard]] Learnt look_at_addresses(Seen& seen, ha::Epoch epoch, std::string_view body) const;
    [[nodiscard]] Learnt look_at_route(Seen& seen, const AzureRoute& route, std::string_view body) const;

    AzureSpec spec_;
    AzureMetadata metadata_ = {};
    std::vector<Seen> seen_ = {};
};

} // namespace linkspan::takeover
