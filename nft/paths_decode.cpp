#include "nft/paths_decode.h"

#include "nft/listing.h"
#include "nft/paths_render.h"

#include <algorithm>
#include <array>

namespace linkspan::nft {
namespace {

namespace json = boost::json;

constexpr std::array bases{
    Base{"prerouting", "filter", "prerouting", -90},  Base{"output", "route", "output", -90},
    Base{"rerouted", "filter", "output", -89},        Base{"forward", "filter", "forward", -400},
    Base{"postrouting", "filter", "postrouting", 99}, Base{"translated", "filter", "postrouting", 101},
};

} // namespace

Result<ObservedPaths> decode_paths(std::string_view text)
{
    const auto list = listing(text);
    if (!list) return std::unexpected(list.error());
    ObservedPaths observed;
    const auto names = session_sets();
    std::size_t chains = 0, sets = 0, strays = 0;
    for_each_object(*list, [&](std::string_view what, const json::object& object) {
        if (what == "table") {
            observed.present |= is_table(object, "linkspan_paths");
            strays += object.contains("flags"); // dormant, say
        } else if (what == "chain") {
            (std::ranges::any_of(bases, [&](const Base& base) { return is_chain(object, base); }) ? chains : strays)++;
        } else if (what == "set") {
            (std::ranges::find(names, text_at(object, "name")) != names.end() ? sets : strays)++;
        } else if (what == "rule") {
            observed.rules.emplace_back(text_at(object, "comment"));
        } else if (what != "metainfo") {
            strays++;
        }
    });
    observed.shaped = chains == bases.size() && sets == names.size() && strays == 0;
    return observed;
}

} // namespace linkspan::nft
