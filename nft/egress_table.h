#pragma once

#include "nft/egress_spec.h"
#include "nft/ranges.h"

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace linkspan::nft {

inline constexpr const char* egress_table = "linkspan_egress";

struct EgressChain {
    std::string name = {};
    std::string hook = {}; ///< "filter hook forward priority 10"; empty: others go there
    std::vector<std::string> rules = {};
    bool operator==(const EgressChain&) const = default;
};

/// The table `inet linkspan_egress`, as it should be or as the kernel has it. Pins are nobody's to compare: they come with
/// answers and go with time.
struct EgressTable {
    bool present = false;
    std::vector<std::string> shape = {};     ///< chains and rules, a line each
    std::set<std::string> chains = {};       ///< their names
    std::map<std::string, Ranges> sets = {}; ///< of networks
    std::set<std::string> pin_sets = {};
    std::uint32_t set_size = 0;                                  ///< of pin sets to be made; not compared
    std::shared_ptr<const std::vector<EgressChain>> script = {}; ///< what the chains are made of; not compared

    bool operator==(const EgressTable& other) const
    {
        return present == other.present && shape == other.shape && chains == other.chains && sets == other.sets &&
               pin_sets == other.pin_sets;
    }
};

[[nodiscard]] EgressTable table_of(const Egress& egress);

/// Names of sets of networks: "sources4", "t1a2b3c4d_src4".
[[nodiscard]] std::string set_name(const std::string& stem, Family family);
/// Of a tag's sets: its name need not be one of nftables'.
[[nodiscard]] std::string tag_stem(const std::string& tag);
[[nodiscard]] std::string service_stem(const std::string& tag, bool deny, const Service& service);
[[nodiscard]] std::string pass_stem(const PassThrough& pass, bool destinations);

/// How a rule is known in the kernel.
[[nodiscard]] std::string comment_of(const std::string& rule);
/// A chain as a line of `shape`; `hook` as the kernel numbers it.
struct Hook {
    std::uint32_t number = 0;
    int priority = 0;
    std::string type = {};
    bool accepts = true;
};
[[nodiscard]] std::string egress_chain_line(const std::string& name, const Hook* hook);

} // namespace linkspan::nft
