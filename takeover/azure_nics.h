#pragma once

#include "base/error.h"
#include "ha/role.h"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace linkspan::takeover {

/// The mark of a tenure on the interface that has the addresses.
inline constexpr std::string_view azure_epoch_tag = "linkspan-epoch";

/// What moves between the gateways' interfaces, in Azure's words.
struct AzureAddresses {
    std::string mac = {};                    ///< of our interface, as Azure writes it: "00-0D-3A-01-02-03"
    std::vector<std::string> addresses = {}; ///< private, of secondary configurations
    std::string public_id = {};              ///< resource id of a public IP; empty = none
};

/// "00:0d:3a:01:02:03" as Azure writes it.
[[nodiscard]] std::string azure_mac(std::string_view mac);

/// The interfaces of a resource group as a list of them answers; each as Azure gave it, for a PUT replaces all of it.
using AzureNics = std::vector<boost::json::object>;
[[nodiscard]] Result<AzureNics> nics_of(std::string_view body);

/// The next change on the way of the addresses to us: the whole interface as it shall be. First whoever has one of them
/// gives it up, for Azure refuses two of one; then ours gets them all, with the tenure's mark. None = they are all here.
struct NicChange {
    std::string id = {}; ///< resource id
    std::string etag = {};
    boost::json::object body = {};
};
[[nodiscard]] Result<std::optional<NicChange>> next_change(const AzureNics& nics, const AzureAddresses& wanted,
                                                           ha::Epoch epoch);

/// The mark on another interface that has one of the addresses; 0 = none.
[[nodiscard]] ha::Epoch marked_epoch(const AzureNics& nics, const AzureAddresses& wanted);

} // namespace linkspan::takeover
