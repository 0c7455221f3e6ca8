#pragma once

#include "nft/rule.h"
#include "nft/rules_spec.h"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace linkspan::nft {

/// A rule of the kernel's. The comment names the text by a hash, and is all that is compared: every nft prints the text a
/// little differently. Of a table that was read there is the comment alone.
struct Line {
    std::string text = {};
    std::string comment = {};
    bool operator==(const Line& other) const { return comment == other.comment; }
};
using Lines = std::vector<Line>;
using Jumps = std::map<IpPrefix, std::string>; ///< of addresses to a chain

/// The table `inet linkspan_rules`, as it should be or as the kernel has it. Its frame is the same for everybody: base
/// chains that look an address up, once a session, and jump to the chains of its connection.
struct RulesTable {
    bool present = false;
    bool framed = false;                      ///< the frame is whole, and nothing foreign is in it
    std::map<std::string, Lines> chains = {}; ///< of the connections: "source_1abc2345"
    std::map<std::string, Jumps> jumps = {};  ///< maps by their names without the family: "leaving"
    std::set<std::string> counters = {};      ///< "rule-azure-hub-1"
    std::set<LinkName> keeps = {};
    std::set<IpPrefix> ending = {};          ///< networks whose sessions are still to be compared with the rules
    std::shared_ptr<const Rules> rules = {}; ///< what it was made of; none where it was read

    bool operator==(const RulesTable& other) const
    {
        return present == other.present && framed == other.framed && chains == other.chains && jumps == other.jumps &&
               counters == other.counters && keeps == other.keeps && ending == other.ending;
    }
};

[[nodiscard]] RulesTable table_of(const Rules& rules);

/// Rules of the frame, by their chains.
[[nodiscard]] const std::map<std::string, Lines>& frame();
[[nodiscard]] const std::vector<Base>& bases();
/// Maps of verdicts, without the family's number behind them.
[[nodiscard]] const std::vector<std::string>& jump_maps();

/// What one of `jump_maps` holds, of both families.
[[nodiscard]] const Jumps& jumps_in(const RulesTable& table, const std::string& map);
/// Those of `from` that are not, or lead elsewhere, in `in`.
[[nodiscard]] Jumps missing(const Jumps& from, const Jumps& in);

/// "rule-azure-hub-2": counts the sessions that the connection's second rule has translated.
[[nodiscard]] std::string rule_counter(const std::string& connection, std::size_t number);

/// The networks that the peers of `ids` are known by in the table, and those that lead to them.
[[nodiscard]] std::set<IpPrefix> networks_of(const RulesTable& table, const std::set<ConnectionId>& ids);
[[nodiscard]] std::set<ConnectionId> ids_in(const RulesTable& table);
/// Of a connection's chain; nothing for a name that is none.
[[nodiscard]] std::optional<ConnectionId> id_of_chain(std::string_view chain);

} // namespace linkspan::nft
