#include "nft/decode.h"

#include "nft/listing.h"

#include <cstdint>
#include <limits>

namespace linkspan::nft {
namespace {

namespace json = boost::json;

constexpr int mangle_priority = -150;  ///< NF_IP_PRI_MANGLE
constexpr int transit_priority = -149; ///< of `origin` and `nested`, too
constexpr int keeping_priority = -198; ///< NF_IP_PRI_CONNTRACK + 2

/// Which chains with a hook there are, each of them at most once.
struct Bases {
    int clamping = 0, transit = 0, origin = 0, nested = 0, keeping = 0, strays = 0;

    void count(const json::object& chain)
    {
        if (is_chain(chain, {"forward", "filter", "forward", mangle_priority}))
            clamping++;
        else if (is_chain(chain, {"transit", "filter", "forward", transit_priority}))
            transit++;
        else if (is_chain(chain, {"origin", "filter", "prerouting", transit_priority}))
            origin++;
        else if (is_chain(chain, {"nested", "filter", "output", transit_priority}))
            nested++; // where there is none, its rules are missing
        else if (is_chain(chain, {"postrouting", "nat", "postrouting", keeping_priority}))
            keeping++;
        else
            strays++;
    }
    [[nodiscard]] bool whole() const { return clamping == 1 && transit == 1 && origin == 1 && strays == 0; }
};

/// False for an element that is not of the form ["link", mss].
bool read_elements(const json::object& map, Observed& observed)
{
    const auto* elements = map.if_contains("elem");
    if (!elements) return true;
    if (!elements->is_array()) return false;
    for (const auto& element : elements->get_array()) {
        const auto* pair = element.if_array();
        if (!pair || pair->size() != 2 || !(*pair)[0].is_string()) return false;
        const auto mss = number_of(&(*pair)[1]);
        if (!mss || *mss < 0 || *mss > std::numeric_limits<std::uint16_t>::max()) return false;
        observed.mss[{std::string{(*pair)[0].get_string()}}] = static_cast<std::uint16_t>(*mss);
    }
    return true;
}

} // namespace

Result<bool> decode_presence(std::string_view text, std::string_view table)
{
    const auto list = listing(text);
    if (!list) return std::unexpected(list.error());
    bool present = false;
    for_each_object(*list, [&](std::string_view what, const json::object& object) {
        present |= what == "table" && is_table(object, table);
    });
    return present;
}

Result<Observed> decode_table(std::string_view text)
{
    const auto list = listing(text);
    if (!list) return std::unexpected(list.error());
    Observed observed;
    Bases bases;
    int maps = 0, strays = 0;
    for_each_object(*list, [&](std::string_view what, const json::object& object) {
        if (what == "table") {
            observed.present |= is_table(object, "linkspan");
            strays += object.contains("flags"); // dormant, say
        } else if (what == "chain") {
            if (object.contains("hook"))
                bases.count(object);
            else
                observed.branches.emplace(text_at(object, "name"));
        } else if (what == "map") {
            (text_at(object, "name") == "mss" && read_elements(object, observed) ? maps : strays)++;
        } else if (what == "rule") {
            observed.rules.emplace_back(text_at(object, "comment"));
        } else if (what != "metainfo") {
            strays++;
        }
    });
    observed.keeps_sources = bases.keeping != 0;
    observed.shaped = bases.whole() && maps == 1 && strays == 0;
    return observed;
}

} // namespace linkspan::nft
