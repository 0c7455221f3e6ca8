#include "config/check.h"
#include "config/prefix_sweep.h"

#include <netinet/in.h>

#include <algorithm>

namespace linkspan::config {
namespace {

const std::vector<IpPrefix>& none()
{
    static const std::vector<IpPrefix> empty;
    return empty;
}

bool covers(const std::vector<TrafficSelector>& subnets, const IpPrefix& network)
{
    return std::ranges::any_of(subnets, [&](const auto& s) { return s.prefix.contains(network); });
}

bool meets(const std::vector<TrafficSelector>& subnets, const IpPrefix& network)
{
    return std::ranges::any_of(subnets, [&](const auto& s) { return s.prefix.overlaps(network); });
}

std::string listed(const std::vector<TrafficSelector>& subnets)
{
    std::string text;
    for (const auto& s : subnets) text += (text.empty() ? "" : ", ") + s.prefix.text();
    return text;
}

/// Who sees which address in the sessions of a rule.
std::string picture(const MappingRule& rule)
{
    const auto shown = [](const std::vector<IpPrefix>& from, const std::optional<AddressRange>& to) {
        return to ? to->text() : networks_text(from);
    };
    const auto source = networks_text(rule.source), source_to = shown(rule.source, rule.source_to);
    const auto destination = networks_text(rule.destination),
               destination_to = shown(rule.destination, rule.destination_to);
    const bool here = rule.from_here;
    auto begins = here ? source : source_to, reached = here ? destination : destination_to;
    const auto wide = std::max({begins.size(), reached.size(), std::string_view{"this side"}.size()}) + 4;
    const auto line = [&](std::string_view who, std::string left, const std::string& right) {
        left.resize(wide, ' ');
        return "\n  " + std::string{who} + left + right;
    };
    return line("              ", "this side", "the peer's side") +
           line(here ? "our hosts     " : "the peer's    ", begins, here ? source_to : source) +
           line(here ? "reach         " : "reach ours    ", reached, here ? destination_to : destination);
}

bool takes_all_of(const std::vector<IpPrefix>& wide, const std::vector<IpPrefix>& narrow)
{
    if (wide.empty()) return true;
    return !narrow.empty() && std::ranges::all_of(narrow, [&](const auto& n) {
        return std::ranges::any_of(wide, [&](const auto& w) { return w.contains(n); });
    });
}

/// True where no packet that `later` matches gets past `earlier`.
bool hides(const MappingRule& earlier, const MappingRule& later)
{
    const auto family = family_of(earlier);
    return earlier.from_here == later.from_here && (!family || family == family_of(later)) &&
           takes_all_of(earlier.source, later.source) && takes_all_of(earlier.destination, later.destination) &&
           (earlier.protocol == 0 || earlier.protocol == later.protocol) &&
           (earlier.port_first == 0 ||
            (later.port_first >= earlier.port_first && later.port_last <= earlier.port_last && later.port_first != 0));
}

class Rule {
public:
    Rule(const ConnectionDraft& draft, std::size_t index, Diagnostics& diagnostics)
        : draft_(draft), diagnostics_(diagnostics), c_(draft.connection), rule_(c_.nat.rules[index]),
          at_(draft.rules[index])
    {
    }

    void check()
    {
        check_effect();
        if (!check_families()) return;
        check_ports();
        rule_.from_here ? check_from_here() : check_from_there();
        check_networks_of_targets();
        if (c_.mode == Mode::Policy) check_policy_mode();
    }

private:
    void check_effect();
    [[nodiscard]] bool check_families();
    void check_ports();
    void check_from_here();
    void check_from_there();
    void check_networks_of_targets();
    void check_policy_mode();
    void error(const Span& at, std::string message, std::string help)
    {
        add_error(diagnostics_, draft_, at.line ? at : at_.at, std::move(message), std::move(help));
    }

    const ConnectionDraft& draft_;
    Diagnostics& diagnostics_;
    const Connection& c_;
    const MappingRule& rule_;
    const RuleSpans& at_;
};

void Rule::check_effect()
{
    const bool translates = at_.source_to.line || at_.destination_to.line || at_.port_to.line;
    if (rule_.exclude && translates)
        error(at_.exclude, "a rule with `exclude` translates nothing",
              "remove `source_to`, `destination_to` and `port_to`, or `exclude`; write the exclusion as a rule of its "
              "own, before "
              "the one it is an exception from");
    if (!rule_.exclude && !translates)
        error(at_.at, "the rule translates nothing",
              "say what takes the place of the address that begins, `source_to`, or of the one it reaches, "
              "`destination_to`; or "
              "`exclude = true`");
}

/// True where all addresses are of one family, which the connection carries.
bool Rule::check_families()
{
    const auto family = family_of(rule_);
    if (!family) return true;
    const auto differs = [&](const Span& at, std::string_view key, Family other) {
        if (other == *family) return false;
        error(at, "`" + std::string{key} + "` is of another family than the rule's other addresses",
              "IPv4 stays IPv4, and IPv6 stays IPv6: write a rule for each");
        return true;
    };
    for (const auto& [at, key, networks] : {std::tuple{&at_.source, "source", &rule_.source},
                                            std::tuple{&at_.destination, "destination", &rule_.destination}})
        for (const auto& network : *networks)
            if (differs(*at, key, network.family())) return false;
    if (rule_.source_to && differs(at_.source_to, "source_to", rule_.source_to->family())) return false;
    if (rule_.destination_to && differs(at_.destination_to, "destination_to", rule_.destination_to->family()))
        return false;
    const auto carries = [&](const auto& s) { return s.family() == *family; };
    if (c_.remote_subnets.empty() || std::ranges::any_of(c_.remote_subnets, carries)) return true;
    error(at_.at,
          std::string{"the rule is about "} + (*family == Family::V4 ? "IPv4" : "IPv6") + ", and no remote subnet is",
          "the peer's networks are " + listed(c_.remote_subnets));
    return false;
}

void Rule::check_ports()
{
    const bool has_ports = rule_.protocol != 0 && rule_.protocol != IPPROTO_ICMP;
    if (rule_.port_first != 0 && !has_ports)
        error(at_.port, rule_.protocol == 0 ? "`port` needs a `protocol`" : "ICMP has no ports",
              rule_.protocol == 0 ? "add `protocol = \"tcp\"`, or whichever it is"
                                  : "remove `port`, or write another `protocol`");
    if (rule_.port_to == 0) return;
    if (rule_.port_first == 0)
        error(at_.port_to, "`port_to` needs a `port`", "say which port it takes the place of: `port = 443`");
    else if (rule_.port_first != rule_.port_last)
        error(at_.port_to, "`port_to` cannot take the place of a range of ports",
              "a range keeps its numbers: remove `port_to`, or write a rule for each port");
    if (!rule_.destination_to)
        error(at_.port_to, "`port_to` needs a `destination_to`",
              "say where the session goes: `destination_to = \"10.1.0.80\"`");
    else if (!rule_.destination_to->is_one())
        error(at_.port_to,
              "`port_to` needs one address as `destination_to`, and " + rule_.destination_to->text() + " are many",
              "write a rule for each server");
}

void Rule::check_from_here()
{
    if (rule_.destination_to && rule_.destination.empty() && at_.destination.line == 0)
        error(at_.destination_to, "`destination_to` needs a `destination`",
              "say what our hosts write in its place: `destination = \"100.65.0.1/32\"`");
    if (rule_.destination_to && !c_.remote_subnets.empty())
        for (const auto& network : rule_.destination_to->networks())
            if (!covers(c_.remote_subnets, network))
                return error(at_.destination_to,
                             rule_.destination_to->text() + " is not among the peer's networks, " +
                                 listed(c_.remote_subnets),
                             "only what `remote_subnets` has goes into the tunnel: add it there" + picture(rule_));
    if (!rule_.destination_to && !c_.remote_subnets.empty())
        for (const auto& network : rule_.destination)
            if (!meets(c_.remote_subnets, network))
                return error(at_.destination,
                             network.text() +
                                 " is not among the peer's networks, so no session of our hosts goes there",
                             "`destination` is what our hosts use, one of " + listed(c_.remote_subnets));
}

void Rule::check_from_there()
{
    if (c_.remote_subnets.empty()) return;
    for (const auto& network : rule_.source)
        if (!meets(c_.remote_subnets, network))
            return error(at_.source,
                         network.text() + " is not among the peer's networks, so nobody there begins a session",
                         "with `from = \"remote\"`, `source` is the peer's as this side knows it, one of " +
                             listed(c_.remote_subnets));
    if (rule_.destination_to)
        for (const auto& network : rule_.destination)
            if (covers(c_.remote_subnets, network) && network.length != 0)
                return error(at_.destination,
                             network.text() + " is the peer's own, so its hosts never come to us with it",
                             "with `from = \"remote\"`, `destination` is what the peer's hosts use in place of ours" +
                                 picture(rule_));
}

/// What stands for our hosts at the peer may not be anybody else there, nor may it be mapped once more.
void Rule::check_networks_of_targets()
{
    if (rule_.from_here && rule_.source_to)
        for (const auto& network : rule_.source_to->networks()) {
            for (const auto& remote : c_.remote_subnets)
                if (remote.prefix.length != 0 && remote.prefix.overlaps(network))
                    return error(at_.source_to,
                                 rule_.source_to->text() + " is also among the peer's networks, " +
                                     remote.prefix.text(),
                                 "the peer would look for the answer's host on its own side: take addresses that "
                                 "nobody has there" +
                                     picture(rule_));
            for (const auto& [real, virt] : c_.nat.local)
                if (virt.overlaps(network) && !real.overlaps(network))
                    return error(at_.source_to,
                                 rule_.source_to->text() + " is also what the peer sees in place of " + real.text() +
                                     ", by `local`",
                                 "one address would stand for two hosts: take others" + picture(rule_));
        }
    if (!rule_.from_here && rule_.destination_to)
        for (const auto& network : rule_.destination_to->networks())
            if (std::ranges::any_of(c_.remote_subnets,
                                    [&](const auto& s) { return s.prefix.length != 0 && s.prefix.overlaps(network); }))
                return error(at_.destination_to, rule_.destination_to->text() + " is among the peer's networks",
                             "with `from = \"remote\"`, `destination_to` is a host of ours" + picture(rule_));
}

void Rule::check_policy_mode()
{
    const bool all = std::ranges::any_of(c_.remote_subnets, [](const auto& s) { return s.prefix.length == 0; });
    if (rule_.from_here && rule_.source_to && rule_.source.empty() && at_.source.line == 0)
        error(at_.source_to, "in policy mode, `source_to` needs a `source`",
              "policies protect pairs of networks, so say which of ours: `source = \"10.1.0.0/16\"`");
    if (!rule_.from_here && rule_.source_to && all)
        error(at_.source_to,
              "in policy mode, the peer's sources are told by `remote_subnets` alone, and these are all addresses",
              "list the peer's networks, or use `mode = \"route\"`");
    if (!rule_.exclude) return;
    for (const auto& network : rule_.from_here ? rule_.source : none())
        if (!covers(c_.local_subnets, network))
            return error(at_.source, network.text() + " is excluded, and the peer does not know it",
                         "in policy mode it has to be among `local_subnets`, as " + listed(c_.local_subnets) + " are");
}

void check_hidden(const ConnectionDraft& draft, Diagnostics& diagnostics)
{
    const auto& rules = draft.connection.nat.rules;
    for (std::size_t i = 0; i < rules.size(); ++i)
        for (std::size_t k = 0; k < i; ++k) {
            if (!hides(rules[k], rules[i])) continue;
            add_error(diagnostics, draft, draft.rules[i].at,
                      "the rule is never reached: the one in line " + std::to_string(draft.rules[k].at.line) +
                          " takes all of its sessions",
                      "the first rule that matches counts: put the narrower one first");
            break;
        }
}

/// A network of a connection in a sweep, or where its rules let our hosts reach the peer.
void collect(const ConnectionDraft& draft, std::uint32_t owner, std::vector<Swept>& items)
{
    const auto& c = draft.connection;
    for (std::uint32_t i = 0; i < c.remote_subnets.size(); ++i)
        items.push_back({c.remote_subnets[i].prefix, Role::Remote, owner, i});
    for (std::uint32_t i = 0; i < c.nat.rules.size(); ++i)
        if (c.nat.rules[i].from_here && c.nat.rules[i].destination_to)
            for (const auto& network : c.nat.rules[i].destination) items.push_back({network, Role::Local, owner, i});
}

} // namespace

void check_rules(const ConnectionDraft& draft, Diagnostics& diagnostics)
{
    for (std::size_t i = 0; i < draft.connection.nat.rules.size(); ++i) Rule{draft, i, diagnostics}.check();
    check_hidden(draft, diagnostics);
}

void check_rules(const Draft& draft, Diagnostics& diagnostics)
{
    std::vector<Swept> items;
    const auto& all = draft.connections;
    for (std::uint32_t i = 0; i < all.size(); ++i)
        if (all[i].connection.enabled && !all[i].connection.backup_of) collect(all[i], i, items);
    sweep(
        std::move(items), [](const Swept&) { return true; },
        [&](const Swept& item, const Swept& enclosing) {
            const auto &one = all[item.owner], &other = all[enclosing.owner];
            if (item.owner == enclosing.owner) return;
            const auto has_rules = [](const ConnectionDraft& d) { return !d.connection.nat.rules.empty(); };
            const bool both_policy = one.connection.mode == Mode::Policy && other.connection.mode == Mode::Policy;
            if (!(has_rules(one) && has_rules(other)) && !((has_rules(one) || has_rules(other)) && both_policy) &&
                item.role == Role::Remote && enclosing.role == Role::Remote)
                return;
            const auto& at =
                item.role == Role::Local ? one.rules[item.element].destination : one.remote_subnets[item.element];
            add_error(diagnostics, one, at,
                      item.prefix.text() + " meets " + enclosing.prefix.text() + " of " + reference(other) +
                          ", and `rules` know a connection by its addresses",
                      "give one of the two other addresses here, by `remote` of its `[connection.nat]`");
        });
}

} // namespace linkspan::config
