#include "config/nat_sides.h"

#include <algorithm>
#include <string_view>

namespace linkspan::config {

NatRows nat_rows(const Connection& connection, bool ours)
{
    NatRows rows;
    const auto& mappings = ours ? connection.nat.local : connection.nat.remote;
    for (std::size_t i = 0; i < mappings.size(); ++i) {
        const auto& [real, virt] = mappings[i];
        rows.push_back({ours ? real : virt, ours ? virt : real, ours, true, i});
    }
    const auto& subnets = ours ? connection.local_subnets : connection.remote_subnets;
    for (std::size_t i = 0; i < subnets.size(); ++i) {
        const auto& prefix = subnets[i].prefix;
        if (std::ranges::find(rows, prefix, &NatRow::here) == rows.end())
            rows.push_back({prefix, prefix, ours, false, i});
    }
    return rows;
}

std::string nat_picture(const NatRows& ours, const NatRows& theirs)
{
    constexpr std::size_t most = 6;
    std::size_t wide = std::string_view{"this side"}.size();
    for (const auto* rows : {&ours, &theirs})
        for (const auto& row : *rows) wide = std::max(wide, row.here.text().size());
    const auto padded = [&](std::string text) {
        text.resize(wide + 4, ' ');
        return text;
    };
    auto text = "\n                " + padded("this side") + "the peer's side";
    const auto add = [&](std::string_view who, const NatRows& rows) {
        for (std::size_t i = 0; i < rows.size() && i < most; ++i)
            text += "\n  " + std::string{who} + padded(rows[i].here.text()) + rows[i].there.text();
        if (rows.size() > most)
            text += "\n  " + std::string{who} + "and " + std::to_string(rows.size() - most) + " more";
    };
    add("our hosts     ", ours);
    add("the peer's    ", theirs);
    return text;
}

} // namespace linkspan::config
