#pragma once

#include "agent/outbound.h"
#include "base/plan.h"
#include "ike/plan.h"
#include "nft/egress_table.h"
#include "nft/nat_table.h"
#include "nft/paths_spec.h"
#include "nft/rules_table.h"
#include "nft/spec.h"
#include "route/address_spec.h"
#include "route/route_spec.h"
#include "route/rule_spec.h"
#include "vti/spec.h"
#include "xfrm/policy_spec.h"
#include "xfrm/state_spec.h"
#include "xfrm/static_state.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace linkspan::agent {

/// The order of effects across the rooms. What drops comes first and goes last, so at no moment does a packet for a
/// remote subnet find neither a tunnel nor a wall.
enum class Phase {
    Fallback, ///< unreachable routes appear
    Block,    ///< block twins appear
    State,    ///< SAs of static keys appear
    Protect,  ///< protect policies appear or change in place
    IkeStop,  ///< connections that go are terminated and unloaded
    RouteOut, ///< routes into tunnels go
    AddressOut,
    LinkOut, ///< links go, before their successors need the same if_id or endpoints
    Link,
    Address,
    Route,
    Clamp, ///< the tables of nftables
    ProtectOut,
    BlockOut,
    FallbackOut, ///< last of all
    StateOut,    ///< SAs that no IKE daemon and no file knows
    StateRank,   ///< which of several SAs carries
    IkeForget,   ///< before all is loaded again
    Ike,         ///< load, end what was made before that, initiate
};

/// An ESP SA of ours that nobody renews any more.
struct DropState {
    xfrm::ObservedState state = {};
};

/// Something to tell charon. Behind a pointer: it may hold two whole connections, and ten thousand tunnels make ninety
/// thousand steps that are none of this.
struct TellCharon {
    std::shared_ptr<const ike::Op> op = {};
};

using Change = std::variant<Op<vti::Spec>, Op<route::AddressSpec>, Op<route::RouteSpec>, Op<route::RuleSpec>,
                            Op<xfrm::PolicySpec>, Op<xfrm::StateSpec>, Op<nft::Spec>, Op<nft::NatTable>, Op<nft::Paths>,
                            Op<nft::EgressTable>, Op<nft::RulesTable>, DropState, RankState, TellCharon>;

/// Which rooms to look into.
enum class Room : std::uint16_t {
    Links = 1,
    Routes = 2,
    Policies = 4,
    Clamp = 8,
    Ike = 16,
    Nat = 32,
    Paths = 64,
    Egress = 128,
    NatRules = 256
};
using Rooms = std::uint16_t;
inline constexpr Rooms all_rooms = 511;
/// Those that say which tunnel carries what.
inline constexpr Rooms carrying_rooms =
    static_cast<Rooms>(Room::Links) | static_cast<Rooms>(Room::Routes) | static_cast<Rooms>(Room::Policies);
[[nodiscard]] constexpr bool has(Rooms rooms, Room room)
{
    return (rooms & static_cast<Rooms>(room)) != 0;
}
[[nodiscard]] constexpr Rooms operator|(Room a, Room b)
{
    return static_cast<Rooms>(static_cast<Rooms>(a) | static_cast<Rooms>(b));
}
[[nodiscard]] constexpr Rooms operator|(Rooms rooms, Room room)
{
    return static_cast<Rooms>(rooms | static_cast<Rooms>(room));
}

/// One effect, of any room. `object` names what it is about; back-off and status go by it.
struct Step {
    Phase phase = Phase::Fallback;
    ConnectionName connection = {};
    std::string object = {};
    Change change = {};
};

[[nodiscard]] Phase phase_of(const Change& change);
[[nodiscard]] Room room_of(const Change& change);
[[nodiscard]] Step step_of(Change change);
[[nodiscard]] Step step_of(ike::Op op);
/// "create route 10.20.0.0/16 dev ls-azure metric 0", for people.
[[nodiscard]] std::string describe(const Step& step);
/// "create", "update", ... and for an update what differs.
[[nodiscard]] std::string verb_of(const Step& step);
[[nodiscard]] std::string detail_of(const Step& step);

/// True for a step that tells charon again what it knows already, after a restart of the agent.
[[nodiscard]] bool is_adoption(const Step& step);
/// True for a step that keeps up what no file says and nobody asked for.
[[nodiscard]] bool is_upkeep(const Step& step);
/// For a step that ends an SA because something is wrong with it: the order; else null.
[[nodiscard]] const ike::Terminate* mending_order(const Step& step);
/// The object that the negotiation of a connection's child is known by in back-offs.
[[nodiscard]] std::string negotiation_of(const ConnectionName& name, std::string_view child);
/// True for a step that begins a negotiation.
[[nodiscard]] bool is_initiation(const Step& step);
/// True for a step that starts something (an IKE negotiation) and whose effect is not there when it returns.
[[nodiscard]] bool is_trigger(const Step& step);

} // namespace linkspan::agent
