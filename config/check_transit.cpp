#include "base/suggest.h"
#include "config/check.h"
#include "config/pairs.h"

#include <algorithm>
#include <map>

namespace linkspan::config {
namespace {

using ByName = std::map<std::string_view, const ConnectionDraft*>;

ByName by_name(const Draft& draft)
{
    ByName found;
    for (const auto& c : draft.connections)
        if (!c.connection.backup_of) found.emplace(c.connection.name.value, &c);
    return found;
}

void report_unknown(const ConnectionDraft& draft, std::size_t i, const ByName& known, Diagnostics& diagnostics)
{
    const auto& name = draft.connection.transit[i].value;
    std::vector<std::string_view> names;
    for (const auto& entry : known)
        if (entry.second != &draft) names.push_back(entry.first);
    const auto meant = suggest(name, names);
    add_error(diagnostics, draft, draft.transit[i], "`transit` names \"" + name + "\", and there is no such connection",
              meant ? "did you mean \"" + std::string{*meant} + "\"?"
                    : "give names of other connections, as their `name` says");
}

void report_itself(const ConnectionDraft& draft, std::size_t i, Diagnostics& diagnostics)
{
    add_warning(diagnostics, draft, draft.transit[i],
                "`transit` names this connection itself: what comes from the peer may go back to the peer",
                "leave it out, unless the peer has several sites that talk to each other through this gateway");
}

/// True where policies of `c` match some packet between its peer's networks and those behind `other`.
bool reaches(const Connection& c, const Connection& other)
{
    return c.mode == Mode::Route || std::ranges::any_of(c.local_subnets, [&](const auto& near) {
               return std::ranges::any_of(other.remote_subnets,
                                          [&](const auto& far) { return near.prefix.overlaps(far.prefix); });
           });
}

void check_selectors(const ConnectionDraft& draft, std::size_t i, const ConnectionDraft& other,
                     Diagnostics& diagnostics)
{
    const auto &here = draft.connection, &there = other.connection;
    const auto report = [&](const Connection& c, const Connection& partner) {
        add_warning(diagnostics, draft, draft.transit[i],
                    "`local_subnets` of \"" + c.name.value + "\" have none of the networks behind \"" +
                        partner.name.value + "\", so its policies carry no packet between the two",
                    "add " + (partner.remote_subnets.empty() ? "them" : partner.remote_subnets.front().prefix.text()) +
                        " to `local_subnets` of \"" + c.name.value + "\", and to the peer's remote networks");
    };
    if (!reaches(here, there)) report(here, there);
    if (!reaches(there, here)) report(there, here);
}

} // namespace

void check_transit(const Draft& draft, Diagnostics& diagnostics)
{
    const auto known = by_name(draft);
    for (const auto& c : draft.connections) {
        if (c.connection.backup_of) continue; // has the transit of its connection
        for (std::size_t i = 0; i < c.transit.size(); ++i) {
            const auto other = known.find(c.connection.transit[i].value);
            if (other == known.end())
                report_unknown(c, i, known, diagnostics);
            else if (other->second == &c)
                report_itself(c, i, diagnostics);
            else
                check_selectors(c, i, *other->second, diagnostics);
        }
    }
}

} // namespace linkspan::config
