#include "config/check.h"
#include "config/derive.h"
#include "config/nat_sides.h"

#include <algorithm>

namespace linkspan::config {
namespace {

class Nat {
public:
    Nat(const ConnectionDraft& draft, Diagnostics& diagnostics)
        : draft_(draft), diagnostics_(diagnostics), ours_(nat_rows(draft.connection, true)),
          theirs_(nat_rows(draft.connection, false))
    {
    }

    void check()
    {
        check_each(draft_.connection.nat.local, draft_.nat_local);
        check_each(draft_.connection.nat.remote, draft_.nat_remote);
        check_among(ours_, "our networks");
        check_among(theirs_, "the peer's networks");
        for (const auto& ours : ours_)
            for (const auto& theirs : theirs_) check_between(ours, theirs);
    }

private:
    void check_each(const std::vector<NatMapping>& mappings, const std::vector<NatSpans>& spans);
    void check_among(const NatRows& rows, const std::string& whose);
    void check_between(const NatRow& ours, const NatRow& theirs);
    [[nodiscard]] const Span& place_of(const NatRow& row) const;
    [[nodiscard]] bool is_by_rule(const NatRow& row) const;
    [[nodiscard]] bool is_source_of_rule(const NatRow& row) const;
    void rule_error(const NatRow& mapped, const NatRow& of_rule);
    void error(const Span& at, std::string message, const std::string& help)
    {
        add_error(diagnostics_, draft_, at, std::move(message), help);
    }

    const ConnectionDraft& draft_;
    Diagnostics& diagnostics_;
    NatRows ours_, theirs_;
};

/// Where the mapping, or else the network, is written.
const Span& Nat::place_of(const NatRow& row) const
{
    if (row.is_mapped) return (row.ours ? draft_.nat_local : draft_.nat_remote)[row.index].virt;
    return (row.ours ? draft_.local_subnets : draft_.remote_subnets)[row.index];
}

/// The kernel writes whole bytes, so a short prefix is many elements; and nobody translates half the world.
unsigned shortest(Family family)
{
    return family == Family::V4 ? 8 : 16;
}

void Nat::check_each(const std::vector<NatMapping>& mappings, const std::vector<NatSpans>& spans)
{
    for (std::size_t i = 0; i < mappings.size(); ++i) {
        const auto& [real, virt] = mappings[i];
        if (real == virt)
            error(spans[i].virt, real.text() + " is mapped onto itself",
                  "leave it out: what is not mapped keeps its addresses");
        else if (real.length < shortest(real.family()))
            error(spans[i].real, real.text() + " is too wide to be mapped",
                  "map the networks that there are, /" + std::to_string(shortest(real.family())) + " at the most");
    }
}

/// Of two networks of one side, each must have addresses of its own on both sides, or an address stands for two hosts.
void Nat::check_among(const NatRows& rows, const std::string& whose)
{
    for (std::size_t i = 0; i < rows.size(); ++i)
        for (std::size_t k = 0; k < i; ++k) {
            const auto &one = rows[i].is_mapped ? rows[i] : rows[k], &other = rows[i].is_mapped ? rows[k] : rows[i];
            if (!one.is_mapped) continue;
            const bool here = one.here.overlaps(other.here), there = one.there.overlaps(other.there);
            if (!here && !there) continue;
            const auto& first = here ? other.here : other.there;
            const auto& second = here ? one.here : one.there;
            if (&rows == &ours_ && is_by_rule(other)) {
                if (!is_source_of_rule(other)) rule_error(one, other);
                continue;
            }
            error(place_of(one),
                  "of " + whose + ", " + first.text() + " and " + second.text() + " overlap on " +
                      (here ? "this side" : "the peer's side"),
                  other.is_mapped ? "every address has one meaning on each side: give them networks apart" +
                                        nat_picture(ours_, theirs_)
                                  : "a network is mapped as a whole: list " + second.text() +
                                        " itself, or map all of " + first.text() + nat_picture(ours_, theirs_));
        }
}

/// Of ours, what rules alone show the peer.
bool Nat::is_by_rule(const NatRow& row) const
{
    const auto shown = shown_by_rules(draft_.connection.nat);
    return !row.is_mapped && std::ranges::find(shown, row.here) != shown.end();
}

/// Its own check says what is wrong with that one.
bool Nat::is_source_of_rule(const NatRow& row) const
{
    return std::ranges::any_of(draft_.connection.nat.rules, [&](const MappingRule& rule) {
        if (!rule.from_here || !rule.source_to) return false;
        const auto networks = rule.source_to->networks();
        return std::ranges::find(networks, row.here) != networks.end();
    });
}

void Nat::rule_error(const NatRow& mapped, const NatRow& of_rule)
{
    error(place_of(mapped),
          "a rule is about " + of_rule.here.text() + ", which `local` already makes of " + mapped.here.text(),
          "rules see what `local` has made of it: write the host's own address in the rule, or one outside of " +
              mapped.there.text() + nat_picture(ours_, theirs_));
}

void Nat::check_between(const NatRow& ours, const NatRow& theirs)
{
    const auto meet = [](const IpPrefix& a, const IpPrefix& b) { return b.length != 0 && a.overlaps(b); };
    if (meet(ours.here, theirs.here))
        error(place_of(theirs.is_mapped ? theirs : ours),
              "on this side, the peer's network " + theirs.here.text() + " is also ours, " + ours.here.text(),
              "in `remote`, map it to addresses that nobody has here: our hosts use them in place of the peer's" +
                  nat_picture(ours_, theirs_));
    if (!ours.is_mapped && !theirs.is_mapped) return; // there as here
    if (meet(ours.there, theirs.there))
        error(place_of(ours.is_mapped ? ours : theirs),
              "on the peer's side, our network " + ours.there.text() + " is also its own, " + theirs.there.text(),
              "in `local`, map ours to addresses that nobody has there: the peer's hosts use them in place of ours" +
                  nat_picture(ours_, theirs_));
}

} // namespace

void check_nat(const ConnectionDraft& draft, Diagnostics& diagnostics)
{
    if (draft.connection.nat.local.empty() && draft.connection.nat.remote.empty()) return;
    Nat{draft, diagnostics}.check();
}

} // namespace linkspan::config
